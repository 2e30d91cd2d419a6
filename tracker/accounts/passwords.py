"""Which passwords are taken: long ones that nobody guesses early. OWASP ASVS 5.0, 6.2."""

from flask_security import hash_password

from tracker.core.errors import Refused

LENGTH = 15
LONGEST = 1000  # characters; a hash of more would only keep the server busy
LOOKED_AT = 72  # characters; what is long enough and good so far is good
LEAST_SCORE = 3  # of 0 to 4: ten thousand million guesses and more


def hashed(password: str, *about: str) -> str:
    """The argon2 hash of a new password. `about` is what others know of the person. Raises
    `Refused` for one that is short, that nobody could type, or that is guessed early."""
    problem = problem_with(password, *about)
    if problem:
        raise Refused({"password": problem})
    return str(hash_password(password))


def problem_with(password: str, *about: str) -> str | None:
    """What is wrong with a new password and what to do, if anything is."""
    from zxcvbn import zxcvbn  # its lists of words take a while to load, and few requests need them

    if len(password) < LENGTH:
        return f"Choose a password of {LENGTH} characters or more."
    if len(password) > LONGEST:
        return f"Choose a password of at most {LONGEST} characters."
    if not password.isprintable():
        return "It holds a character that no keyboard types. Type it anew."
    known = [part for each in about for part in (each, *each.split("@")) if part]
    guessed = zxcvbn(password[:LOOKED_AT], user_inputs=known)
    if guessed["score"] < LEAST_SCORE:
        return "It is soon guessed. Choose four words that do not belong together."
    return None
