"""E-mail addresses as they are kept."""

from email_validator import EmailNotValidError, validate_email

from tracker.core.errors import Refused


def checked_address(email: str) -> str:
    """An address that mail can go to. Raises `Refused`."""
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as problem:
        raise Refused({"email": f"{email} is not an e-mail address: {problem}"}) from None
