"""Codes that an app shows, by the time (RFC 6238), and how their secrets are kept."""

import base64
from datetime import datetime

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

STEP = 30  # seconds
TOLERANCE = 1  # steps that a clock may be wrong, either way
TYPED_WITHIN = 3600  # seconds in which a new secret must be in the app


def new_secret() -> str:
    """A secret of 160 bits for an app, in base 32."""
    return pyotp.random_base32()


def address(secret: str, email: str, site: str) -> str:
    """What the picture for the app's camera says."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name=site)


def step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The step whose code that is, if it is one of this moment, give or take one, and later than
    `after`; so that no code is taken twice."""
    typed = "".join(code.split())
    if len(typed) != 6 or not typed.isascii() or not typed.isdigit():
        return None
    present = int(at.timestamp()) // STEP
    known = pyotp.TOTP(secret, interval=STEP)
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if step > after and known.verify(typed, for_time=step * STEP):
            return step
    return None


def seal(secret: str, secret_key: str) -> str:
    """The secret as the database or a form holds it: worth nothing without the instance's key."""
    return _cipher(secret_key).encrypt(secret.encode()).decode()


def unseal(sealed: str, secret_key: str, within: int | None = None) -> str | None:
    """The secret again; nothing for what another key sealed, or more than `within` seconds ago."""
    try:
        return _cipher(secret_key).decrypt(sealed.encode("utf-8", "replace"), ttl=within).decode()
    except InvalidToken:
        return None


def _cipher(secret_key: str) -> Fernet:
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"second factor")
    return Fernet(base64.urlsafe_b64encode(derivation.derive(secret_key.encode())))
