"""Settings: read once from the environment (`TRACKER_*`), then from `instance/config.py`.

Each setting is parsed by a small function that says in one line what is wrong, so that a bad value
stops the start with the variable's name, the problem and an example.
"""

import os
import re
import runpy
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

BASE_URL = "http://localhost:8000"  # where none is given
# a scheme and a host, perhaps a port; no name, path or query
ADDRESS = re.compile(r"https?://(\[[0-9a-f:]+\]|[\w.-]+)(:\d{1,5})?/?", re.IGNORECASE)
EXAMPLES = {
    "instance": "TRACKER_INSTANCE=/srv/tracker",
    "demo": "on",
    "database_url": "postgresql+psycopg://tracker@localhost/tracker",
    "secret_key": "the output of python3 -c 'import secrets; print(secrets.token_hex(32))'",
    "base_url": "https://tracker.example.org",
    "trusted_hosts": "tracker.example.org",
    "public_dashboard": "on",
    "timezone": "Europe/Oslo",
    "backup_days": "14",
    "proxies": "1",
    "require_mfa": "editors",
    "smtp_url": "smtp://user:pass@mail.example.org:587?starttls=1",
    "mail_from": "tracker@example.org",
}


class BadSetting(Exception):
    """A setting that cannot be used; the message is one line."""


@dataclass(frozen=True)
class Settings:
    """The effective settings of one process."""

    instance: Path
    database_url: str
    secret_key: str
    base_url: str
    trusted_hosts: tuple[str, ...]
    public_dashboard: bool
    timezone: str
    backup_days: int = 14
    proxies: int = 0
    require_mfa: str = "editors"
    smtp_url: str = ""
    mail_from: str = "tracker@localhost"
    demo: bool = False

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel over TLS only, except where the address is the machine itself without."""
        address = urlsplit(self.base_url)
        return address.scheme == "https" or address.hostname not in {
            "localhost",
            "127.0.0.1",
            "::1",
        }

    def printable(self) -> dict[str, str]:
        """Every setting under its variable's name, secrets masked."""
        shown = {f"TRACKER_{f.name.upper()}": getattr(self, f.name) for f in fields(self)}
        shown["TRACKER_SECRET_KEY"] = "********"  # noqa: S105
        shown["TRACKER_DATABASE_URL"] = _mask_passwords(self.database_url)
        shown["TRACKER_SMTP_URL"] = _mask_passwords(self.smtp_url)
        return {name: _as_text(value) for name, value in shown.items() if name != "TRACKER_DEMO"}


def load(environ: Mapping[str, str] = os.environ, **overrides: object) -> Settings:
    """Settings from the environment, then `instance/config.py`, then `overrides`.

    Raises `BadSetting` with a line that names the variable, the problem and an example.
    """
    _refuse_misspelt(environ)
    with _named("instance"):
        instance = Path(environ.get("TRACKER_INSTANCE") or "instance").expanduser().resolve()
    given: dict[str, Any] = {
        name.removeprefix("TRACKER_").lower(): value
        for name, value in environ.items()
        if name.startswith("TRACKER_") and name != "TRACKER_DEMO" and value.strip()
    }  # only the command switches the demonstration on, which asks for no second factor
    with _named("instance"):
        given |= _instance_overrides(instance)
    given |= overrides
    given.setdefault("instance", instance)
    values: dict[str, Any] = {}
    with _named("instance"):
        values["instance"] = Path(given["instance"]).expanduser().resolve()
        _make_private_folder(values["instance"])
    values["demo"] = bool(given.get("demo"))
    for name, parse in PARSERS.items():
        with _named(name):
            values[name] = parse(given.get(name), values)
    return Settings(**values)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Turn what is wrong with a value into a line with the variable's name and an example."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as problem:
        raise BadSetting(f"TRACKER_{name.upper()}: {problem}; example: {EXAMPLES[name]}") from None


def _refuse_misspelt(environ: Mapping[str, str]) -> None:
    """A setting that is nearly named is meant, and must not be left out unseen."""
    known = [f"TRACKER_{f.name.upper()}" for f in fields(Settings)]
    for name in environ:
        near = get_close_matches(name, known, 1, 0.92) if name.startswith("TRACKER_") else []
        if near and name not in known:
            raise BadSetting(f"{name} is no setting; is {near[0]} meant?")


def _instance_overrides(instance: Path) -> dict[str, Any]:
    path = instance / "config.py"
    if not path.is_file():
        return {}
    try:
        found = runpy.run_path(str(path))
    except Exception as problem:
        raise BadSetting(f"{path}: {type(problem).__name__}: {problem}") from None
    known = {f"TRACKER_{name.upper()}": name for name in PARSERS}
    unknown = sorted(name for name in found if name.startswith("TRACKER_") and name not in known)
    if unknown:
        raise BadSetting(f"{path}: {unknown[0]} is no setting that can stand in this file.")
    return {known[name]: value for name, value in found.items() if name in known}


def _make_private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise ValueError(f"cannot make the folder {folder} ({problem.strerror})") from None


def _text(value: object) -> str:
    """The value, if it is a text; `instance/config.py` may hold anything."""
    if not isinstance(value, str):
        raise ValueError(f"must be a text and not of type {type(value).__name__}")
    return value


def _database_url(value: object, so_far: dict[str, Any]) -> str:
    if value is None:
        return f"sqlite:///{so_far['instance'] / 'tracker.sqlite3'}"
    url = _text(value)
    schemes = ("sqlite:///", "postgresql+psycopg://")
    if not url.startswith(schemes) or url in schemes:
        raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
    if url.startswith("sqlite") and (url.endswith(":memory:") or "?" in url):
        raise ValueError("must name a file, and no more")
    try:
        make_url(url)
    except (ValueError, ArgumentError):
        raise ValueError("cannot be read as the address of a database") from None
    return url


def _secret_key(value: object, so_far: dict[str, Any]) -> str:
    if value is None:
        return _kept_secret(so_far["instance"] / "secret_key")
    secret = _text(value)
    if len(secret) < 32:
        raise ValueError("is shorter than 32 characters")
    return secret


def _kept_secret(path: Path) -> str:
    """The secret made once into the instance folder, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text().strip()
        if len(kept) < 32:
            raise ValueError(f"{path} is damaged; delete it to have a new one made") from None
        return kept
    made = secrets.token_hex(32)
    with os.fdopen(handle, "w") as file:
        file.write(made)
    return made


def _base_url(value: object, so_far: dict[str, Any]) -> str:
    if value is None:
        return BASE_URL
    address = _text(value).strip()
    if not ADDRESS.fullmatch(address) or not all((urlsplit(address).hostname or "").split(".")):
        raise ValueError("must be a scheme and a host, with a port if need be")
    if urlsplit(address).port == 0:
        raise ValueError("has no port")
    return address.rstrip("/")


def _trusted_hosts(value: object, so_far: dict[str, Any]) -> tuple[str, ...]:
    """Besides the own one and the machine itself, which checks whether the program lives."""
    own = (urlsplit(so_far["base_url"]).hostname or "localhost", "localhost", "127.0.0.1")
    if value is None:
        return tuple(dict.fromkeys(own))
    names = list(value) if isinstance(value, list | tuple) else _text(value).split(",")
    hosts = tuple(name for name in (_text(name).strip() for name in names) if name)
    if not hosts or any("/" in host or " " in host or "*" in host for host in hosts):
        raise ValueError("must be host names parted by commas, no wildcard")
    return tuple(dict.fromkeys((*own, *hosts)))


def _switch(value: object, so_far: dict[str, Any]) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    words = {"on": True, "1": True, "true": True, "yes": True}
    words |= {"off": False, "0": False, "false": False, "no": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError(f"{value!r} is neither on nor off") from None


def _timezone(value: object, so_far: dict[str, Any]) -> str:
    name = "UTC" if value is None else _text(value)
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a known time zone")
    return ZoneInfo(name).key


def _backup_days(value: object, so_far: dict[str, Any]) -> int:
    said = "14" if value is None else str(value).strip()
    if not re.fullmatch("[0-9]{1,4}", said) or not 1 <= int(said) <= 3650:
        raise ValueError(f"{value!r} is no number of days from 1 to 3650")
    return int(said)


def _proxies(value: object, so_far: dict[str, Any]) -> int:
    said = "0" if value is None else str(value).strip()
    if not re.fullmatch("[0-5]", said):
        raise ValueError(f"{value!r} is no number of proxies from 0 to 5")
    return int(said)


def _require_mfa(value: object, so_far: dict[str, Any]) -> str:
    if value is None:
        return "none" if so_far["demo"] else "editors"
    word = _text(value).strip().lower()
    if word not in ("none", "editors", "all"):
        raise ValueError(f"{value!r} is none of: none, editors, all")
    return word


def _smtp_url(value: object, so_far: dict[str, Any]) -> str:
    """Empty: mail waits in the outbox."""
    if value is None:
        return ""
    url = _text(value).strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("cannot be read as the address of a mail server") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise ValueError("must be smtp:// or smtps:// and a host, with a port if need be")
    if port == 0 or parts.query not in ("", "starttls=1", "starttls=0"):
        raise ValueError("takes a port and the word starttls=1 after a question mark, no more")
    return url


def _mail_from(value: object, so_far: dict[str, Any]) -> str:
    own = urlsplit(so_far["base_url"]).hostname or ""
    host = own if re.fullmatch(r"[\w.-]+", own) else "localhost"
    address = f"tracker@{host}" if value is None else _text(value).strip()
    if not re.fullmatch(r"[^@\s<>,\"]{1,64}@[\w.-]{1,253}", address):
        raise ValueError(f"{address!r} is not an e-mail address")
    return address


# In this order: a later one may read an earlier one.
PARSERS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "database_url": _database_url,
    "secret_key": _secret_key,
    "base_url": _base_url,
    "trusted_hosts": _trusted_hosts,
    "public_dashboard": _switch,
    "timezone": _timezone,
    "backup_days": _backup_days,
    "proxies": _proxies,
    "require_mfa": _require_mfa,
    "smtp_url": _smtp_url,
    "mail_from": _mail_from,
}


def _mask_passwords(url: str) -> str:
    """The address without its password, before the host or among the parameters."""
    url = re.sub(r"(://[^:/@]*:).*@", r"\1********@", url)
    return re.sub(r"(password=)[^&]*", r"\1********", url, flags=re.IGNORECASE)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)
