"""Settings as a person at the command line meets them; their values are tried in `tests/rules`."""

from pathlib import Path

import pytest

from tests.inside.commands import CommandLine, failed
from tracker import config_module

SECRET = "a secret that is known to nobody else"


@pytest.fixture
def fresh(tmp_path: Path) -> CommandLine:
    """An instance in which nothing was done yet."""
    return CommandLine(tmp_path / "instance")


BAD = {
    "DATABASE_URL": "mysql://tracker:geheim@localhost/tracker",
    "SECRET_KEY": "geheim",
    "BASE_URL": "tracker.example.org",
    "TRUSTED_HOSTS": "*",
    "PUBLIC_DASHBOARD": "maybe",
    "TIMEZONE": "Mars/Olympus",
    "BACKUP_DAYS": "0",
    "PROXIES": "-1",
    "REQUIRE_MFA": "some",
    "SMTP_URL": "mail.example.org",
    "MAIL_FROM": "nobody",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_stops_with_a_line_that_has_its_name_and_an_example(
    fresh: CommandLine, name: str
) -> None:
    said = failed(fresh("config", **{f"TRACKER_{name}": BAD[name]}))
    assert said.startswith(f"tracker: TRACKER_{name}: ")
    assert "example" in said
    assert "geheim" not in said


def test_every_setting_that_can_be_bad_is_tried_here() -> None:
    assert set(BAD) == {name.upper() for name in config_module().PARSERS}


def test_a_database_address_that_cannot_be_read_is_named(fresh: CommandLine) -> None:
    url = "postgresql+psycopg://tracker:geheim@localhost:port/tracker"
    said = failed(fresh("config", TRACKER_DATABASE_URL=url))
    assert said.startswith("tracker: TRACKER_DATABASE_URL: ")
    assert "example" in said
    assert "geheim" not in said


def test_a_database_file_that_cannot_be_had_is_named(fresh: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for path in (f"{tmp_path}/file/tracker.sqlite3", str(tmp_path)):
        said = failed(fresh("config", TRACKER_DATABASE_URL=f"sqlite:///{path}"))
        assert said.startswith(f"tracker: TRACKER_DATABASE_URL: {path} ")
        assert "example" in said


def test_the_effective_settings_are_listed_without_their_secrets(fresh: CommandLine) -> None:
    given = {
        "TRACKER_DATABASE_URL": "postgresql+psycopg://tracker:geheim@localhost/tracker",
        "TRACKER_SECRET_KEY": SECRET,
        "TRACKER_BASE_URL": "https://tracker.example.org",
        "TRACKER_TRUSTED_HOSTS": "tracker.example.org, tracker.internal",
        "TRACKER_PUBLIC_DASHBOARD": "Yes",
        "TRACKER_TIMEZONE": "Europe/Oslo",
        "TRACKER_BACKUP_DAYS": "14",
        "TRACKER_PROXIES": "0",
        "TRACKER_REQUIRE_MFA": "all",
        "TRACKER_SMTP_URL": "smtp://tracker:geheim@mail.example.org:587?starttls=1",
        "TRACKER_MAIL_FROM": "desk@example.org",
    }
    shown = fresh("config", "--json", **given).json
    assert shown == {
        **given,
        "TRACKER_INSTANCE": str(fresh.instance),
        "TRACKER_DATABASE_URL": "postgresql+psycopg://tracker:********@localhost/tracker",
        "TRACKER_SMTP_URL": "smtp://tracker:********@mail.example.org:587?starttls=1",
        "TRACKER_SECRET_KEY": "********",
        "TRACKER_TRUSTED_HOSTS": "tracker.example.org,localhost,127.0.0.1,tracker.internal",
        "TRACKER_PUBLIC_DASHBOARD": "on",
    }
    lines = dict(line.split("=", 1) for line in fresh.ok("config", **given).splitlines())
    assert lines == shown
