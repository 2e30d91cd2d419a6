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

DIGITS = 15  # of a key: its length tells nothing either


def seal(text: str, kind: str) -> str:
    """A text as an address can hold it, worth nothing without the instance's key, nor as another
    kind."""
    return seal_by(settings().secret_key, text, kind)


def unseal(sealed: str, kind: str) -> str:
    """The text again. Raises `ValueError` for what was not sealed here, as that kind."""
    return unseal_by(settings().secret_key, sealed, kind)


def sealed_key(kind: str, key: int) -> str:
    """The key of a row of a kind, as a page may hold it. Keys number the rows of all, also of those
    that the reader does not see: they would tell how many there are, and when each was added."""
    return seal_key_by(settings().secret_key, kind, key)


def opened_key(kind: str, sealed: str) -> int:
    """The key again. Raises `ValueError` for what is none of that kind."""
    return int(unseal(sealed, kind))


def seal_key_by(secret_key: str, kind: str, key: int) -> str:
    """`sealed_key` where no application is at hand."""
    return seal_by(secret_key, f"{key:0{DIGITS}d}", kind)


def seal_by(secret_key: str, text: str, kind: str) -> str:
    """`seal` where no application is at hand."""
    sealed = _cipher(secret_key).encrypt(text.encode(), [kind.encode()])
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal_by(secret_key: str, sealed: str, kind: str) -> str:
    """`unseal` where no application is at hand."""
    padded = sealed + "=" * (-len(sealed) % 4)
    try:
        packed = base64.urlsafe_b64decode(padded.encode("ascii"))
        return _cipher(secret_key).decrypt(packed, [kind.encode()]).decode()
    except InvalidTag:
        raise ValueError(sealed) from None


@lru_cache(maxsize=2)
def _cipher(secret_key: str) -> AESSIV:
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"addresses")
    return AESSIV(derivation.derive(secret_key.encode()))
