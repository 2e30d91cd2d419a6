"""Texts of ours that go out in addresses and come back: nobody reads or changes them on the way.

The same text is always sealed alike (AES-SIV, RFC 5297), so that a page that did not change looks
the same again.
"""

import base64
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tracker.web.settings import settings


def seal(text: str) -> str:
    """A text as an address can hold it, worth nothing without the instance's key."""
    sealed = _cipher(settings().secret_key).encrypt(text.encode(), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(sealed: str) -> str:
    """The text again. Raises `ValueError` for what was not sealed here."""
    padded = sealed + "=" * (-len(sealed) % 4)
    try:
        packed = base64.urlsafe_b64decode(padded.encode("ascii"))
        return _cipher(settings().secret_key).decrypt(packed, None).decode()
    except InvalidTag:
        raise ValueError(sealed) from None


@lru_cache(maxsize=2)
def _cipher(secret_key: str) -> AESSIV:
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"addresses")
    return AESSIV(derivation.derive(secret_key.encode()))
