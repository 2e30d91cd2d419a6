"""The part of an address that says whose notices are to stop, signed: nobody makes one up."""

from itsdangerous import BadSignature, URLSafeSerializer


def sign(user_id: int, secret_key: str) -> str:
    """For the mails of that person."""
    return str(URLSafeSerializer(secret_key, salt="unsubscribe").dumps(user_id))


def read(signed: str, secret_key: str) -> int | None:
    """Whose it is; nobody's for one that was made up."""
    try:
        return int(URLSafeSerializer(secret_key, salt="unsubscribe").loads(signed))
    except (BadSignature, TypeError, ValueError):
        return None
