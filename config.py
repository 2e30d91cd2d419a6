"""Settings: read once from the environment (`TRACKER_*`), then from `instance/config.py`.

Each setting is parsed by a small function that says in one line what is wrong, so that a bad value
stops the start with the variable's name, the problem and an example.
"""

import os
import runpy
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

ROOT = Path(__file__).resolve().parent


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
    demo: bool = False

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel over TLS only, except where the address is the machine itself."""
        host = urlsplit(self.base_url).hostname or ""
        return host not in {"localhost", "127.0.0.1", "::1"}

    def printable(self) -> dict[str, str]:
        """Every setting under its variable's name, secrets masked."""
        shown = {f"TRACKER_{f.name.upper()}": getattr(self, f.name) for f in fields(self)}
        shown["TRACKER_SECRET_KEY"] = "********"  # noqa: S105
        shown["TRACKER_DATABASE_URL"] = _mask_password(self.database_url)
        return {name: _as_text(value) for name, value in shown.items() if name != "TRACKER_DEMO"}


def load(environ: Mapping[str, str] = os.environ, **overrides: object) -> Settings:
    """Settings from the environment, then `instance/config.py`, then `overrides`.

    Raises `BadSetting` with a line that names the variable, the problem and an example.
    """
    instance = Path(environ.get("TRACKER_INSTANCE") or "instance").expanduser().resolve()
    given: dict[str, Any] = {
        name.removeprefix("TRACKER_").lower(): value
        for name, value in environ.items()
        if name.startswith("TRACKER_") and value.strip()
    }
    given |= _instance_overrides(instance)
    given |= overrides
    given.setdefault("instance", instance)
    values: dict[str, Any] = {"instance": Path(given["instance"]).expanduser().resolve()}
    values["demo"] = bool(given.get("demo", False))
    _make_private_folder(values["instance"])
    for name, parse in PARSERS.items():
        try:
            values[name] = parse(given.get(name), values)
        except ValueError as problem:
            raise BadSetting(f"TRACKER_{name.upper()}: {problem}") from None
    return Settings(**values)


def _instance_overrides(instance: Path) -> dict[str, Any]:
    path = instance / "config.py"
    if not path.is_file():
        return {}
    try:
        found = runpy.run_path(str(path))
    except Exception as problem:
        raise BadSetting(f"{path}: {type(problem).__name__}: {problem}") from None
    known = {f"TRACKER_{name.upper()}": name for name in PARSERS}
    return {known[name]: value for name, value in found.items() if name in known}


def _make_private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise BadSetting(
            f"TRACKER_INSTANCE: cannot make the folder {folder} ({problem.strerror}); "
            "example: TRACKER_INSTANCE=/srv/tracker"
        ) from None


def _database_url(value: str | None, so_far: dict[str, Any]) -> str:
    if value is None:
        return f"sqlite:///{so_far['instance'] / 'tracker.sqlite3'}"
    for scheme in ("sqlite:///", "postgresql+psycopg://"):
        if value.startswith(scheme) and len(value) > len(scheme):
            return value
    raise ValueError(
        "must start with sqlite:/// or postgresql+psycopg://; "
        "example: postgresql+psycopg://tracker@localhost/tracker"
    )


def _secret_key(value: str | None, so_far: dict[str, Any]) -> str:
    if value is None:
        return _kept_secret(so_far["instance"] / "secret_key")
    if len(value) < 32:
        raise ValueError(
            "is shorter than 32 characters; example: the output of "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return value


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


def _base_url(value: str | None, so_far: dict[str, Any]) -> str:
    if value is None:
        return "http://localhost:8000"
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("must be a scheme and a host; example: https://tracker.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _trusted_hosts(value: Any, so_far: dict[str, Any]) -> tuple[str, ...]:
    own = urlsplit(so_far["base_url"]).hostname or "localhost"
    loopback = ("localhost", "127.0.0.1", "[::1]") if own == "localhost" else ()
    if value is None:
        return tuple(dict.fromkeys((own, *loopback)))
    names = value.split(",") if isinstance(value, str) else list(value)
    hosts = tuple(name.strip() for name in names if name.strip())
    if not hosts or any("/" in host or " " in host or "*" in host for host in hosts):
        raise ValueError(
            "must be host names parted by commas, no wildcard; example: tracker.example.org"
        )
    return hosts


def _switch(value: Any, so_far: dict[str, Any]) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    words = {"on": True, "1": True, "true": True, "yes": True}
    words |= {"off": False, "0": False, "false": False, "no": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError(f"{value!r} is neither on nor off; example: on") from None


def _timezone(value: str | None, so_far: dict[str, Any]) -> str:
    name = value or "UTC"
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a known time zone; example: Europe/Oslo")
    return ZoneInfo(name).key


# In this order: a later one may read an earlier one.
PARSERS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "database_url": _database_url,
    "secret_key": _secret_key,
    "base_url": _base_url,
    "trusted_hosts": _trusted_hosts,
    "public_dashboard": _switch,
    "timezone": _timezone,
}


def _mask_password(url: str) -> str:
    parts = urlsplit(url)
    if not parts.password:
        return url
    return url.replace(f":{parts.password}@", ":********@", 1)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)
