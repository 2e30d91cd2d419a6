"""Passkeys (WebAuthn, level 2) as second factors.

A challenge follows from the secret of the log-in in which it is put, so that it need not be kept:
the secret is another one as soon as the log-in has begun, and no answer can be sent twice.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tracker.accounts.models import FactorKind, SecondFactor, User
from tracker.core.errors import Refused
from tracker.web.settings import settings

NAME = "Advocacy Tracker"
LONGEST = 20_000  # characters of an answer
# what the library raises for an answer that is none
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)
NOT_THAT = "The passkey did not answer as it should. Try again, or take another one."


def options_to_add(user: User, held: list[SecondFactor], secret: str) -> str:
    """What the browser is asked in order to make a passkey, as JSON."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=_host(),
            rp_name=NAME,
            user_id=hashlib.sha256(f"passkey {user.id}".encode()).digest(),
            user_name=user.email,
            user_display_name=user.name,
            challenge=_challenge("add", secret),
            exclude_credentials=_described(held),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
    )


def made(answer: str, secret: str) -> tuple[str, str, int]:
    """The name, the public key and the counter of a passkey that the browser made. Raises `Refused`
    for an answer to another question, or of another site."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer[:LONGEST],
            expected_challenge=_challenge("add", secret),
            expected_rp_id=_host(),
            expected_origin=settings().base_url,
        )
    except UNREADABLE:
        raise Refused(NOT_THAT) from None
    name, key = found.credential_id, found.credential_public_key
    return bytes_to_base64url(name), bytes_to_base64url(key), found.sign_count


def options_to_use(held: list[SecondFactor], secret: str) -> str | None:
    """What the browser is asked in order to sign with one of these, as JSON, if there are any."""
    described = _described(held)
    if not described:
        return None
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=_host(), challenge=_challenge("use", secret), allow_credentials=described
        )
    )


def used(answer: str, held: list[SecondFactor], secret: str) -> tuple[SecondFactor, int] | None:
    """Which of these signed, and its counter; nothing for an answer that none of them gave to this
    question at this site."""
    try:
        name = webauthn.helpers.parse_authentication_credential_json(answer[:LONGEST]).id
        factor = next((each for each in held if each.credential_id == name), None)
        if factor is None:
            return None
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=_challenge("use", secret),
            expected_rp_id=_host(),
            expected_origin=settings().base_url,
            credential_public_key=base64url_to_bytes(factor.key),
            credential_current_sign_count=factor.counter,
        )
    except UNREADABLE:
        return None
    return factor, found.new_sign_count


def _described(held: list[SecondFactor]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id))
        for each in held
        if each.kind is FactorKind.PASSKEY and each.credential_id
    ]


def _challenge(purpose: str, secret: str) -> bytes:
    key = settings().secret_key.encode()
    return hmac.digest(key, f"passkey to {purpose} {secret}".encode(), "sha256")


def _host() -> str:
    return urlsplit(settings().base_url).hostname or "localhost"
