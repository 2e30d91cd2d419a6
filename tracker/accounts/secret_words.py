"""Secrets that people carry: made once, shown once, kept as digests."""

import hashlib
import secrets

# Crockford's: no letter that looks like another or like a figure
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LETTERS = 24
READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None})


def new_code() -> str:
    """A code of 120 bits that a person can read out and type: enough to be kept under a plain
    digest (OWASP ASVS 5.0, 6.5.2)."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    return "-".join(letters[n : n + 4] for n in range(0, LETTERS, 4))


def code_digest(typed: str) -> str:
    """The digest of a code, however it was typed."""
    return digest("".join(typed.lower().split()).translate(READ_AS))


def new_token() -> str:
    """A secret of 256 bits, for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What the database keeps of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
