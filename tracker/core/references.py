"""Random references such as `R-6X4Z14C2`: a gap in a sequence would tell how much is hidden."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O, U
PATTERN = r"[RLTSC]-[0-9A-HJKMNP-TV-Z]{8}"


def new_reference(letter: str) -> str:
    """A fresh reference: the kind's letter, a dash and eight random characters."""
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))
