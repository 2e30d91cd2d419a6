"""Which passwords are taken: long ones that nobody guesses early. OWASP ASVS 5.0, 6.2."""

import re
import unicodedata

from flask_security import hash_password

from tracker.core.errors import Refused

LENGTH = 15
LONGEST = 1000  # characters; a hash of more would only keep the server busy
LOOKED_AT = 72  # characters; what is long enough and good so far is good
LEAST_SCORE = 3  # of 0 to 4: ten thousand million guesses and more
SOON = "It is soon guessed. Choose four words that do not belong together."
# what anybody would try here first
OF_THIS_PLACE = (
    *("advocacy", "tracker", "advocacytracker", "sanctions", "sanction", "magnitsky", "entitylist"),
    *("globalmagnitsky", "humanrights", "coalition", "blacklist", "designation", "exportcontrols"),
)
# famous ones that are long enough, with nothing but their letters and digits
FAMOUS = frozenset(
    {
        *("correcthorsebatterystaple", "thisismypassword", "thisisapassword", "mypasswordissafe"),
        *("passwordpassword", "letmeinletmein", "iloveyouforever", "ihatepasswords"),
        *("thequickbrownfox", "tobeornottobe", "maytheforcebewithyou", "opensesame"),
        *("neverguessthispassword", "youwillneverguess", "thisisasecret", "trustnooneever"),
        *("changemechangeme", "pleasechangeme", "defaultpassword", "administrator"),
        *("supercalifragilisticexpialidocious", "iamironman", "winteriscoming", "hakunamatata"),
        *("allyourbasearebelongtous", "theanswerisfortytwo", "openthedoorplease", "inthebeginning"),
    }
)
# where the keys of a Russian or Ukrainian keyboard stand on an English one
KEYS = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбюёіїєґ", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`s]'u"
)


def hashed(password: str, *about: str) -> str:
    """The argon2 hash of a new password. `about` is what others know of the person. Raises
    `Refused` for one that is short, that nobody could type, or that is guessed early."""
    problem = problem_with(password, *about)
    if problem:
        raise Refused({"password": problem})
    return str(hash_password(normal(password)))


def normal(password: str) -> str:
    """A password in the one form in which it is hashed and looked at (NFKD), however a keyboard
    composes its letters. The log-in of Flask-Security does the same."""
    return unicodedata.normalize("NFKD", password)


def problem_with(password: str, *about: str) -> str | None:
    """What is wrong with a new password and what to do, if anything is."""
    if len(password) < LENGTH:
        return f"Choose a password of {LENGTH} characters or more."
    if len(password) > LONGEST:
        return f"Choose a password of at most {LONGEST} characters."
    if not password.isprintable():
        return "It holds a character that no keyboard types. Type it anew."
    composed = unicodedata.normalize("NFKC", password)  # as the keys of a keyboard are
    return SOON if _is_soon_guessed(composed.lower(), about) else None


def _is_soon_guessed(password: str, about: tuple[str, ...]) -> bool:
    from zxcvbn import zxcvbn  # its lists of words take a while to load, and few requests need them

    if re.sub(r"\W|_|\d+$", "", password) in FAMOUS:
        return True
    known = [part for each in about for part in (each, *re.split(r"[@\s]", each)) if part]
    known += [each.replace(" ", "") for each in about]
    tried = {password, password.replace(" ", ""), password.translate(KEYS)}
    return any(
        zxcvbn(each[:LOOKED_AT], user_inputs=[*known, *OF_THIS_PLACE])["score"] < LEAST_SCORE
        for each in tried
        if each
    )
