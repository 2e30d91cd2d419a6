"""Random references such as `R-6X4Z14C2`: a gap in a sequence would tell how much is hidden."""

import re
import secrets
from collections.abc import Iterable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O, U
PATTERN = r"[RLTSC]-[0-9A-HJKMNP-TV-Z]{8}"


def new_reference(letter: str) -> str:
    """A fresh reference: the kind's letter, a dash and eight random characters."""
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def well_formed(references: Iterable[str]) -> set[str]:
    """Those that can be references at all; nothing else is worth a look into the database."""
    return {text for text in references if re.fullmatch(PATTERN, text)}
