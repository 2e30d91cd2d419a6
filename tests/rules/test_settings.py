"""Settings: every variable's good and bad values, the secret, the overrides, what is shown."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest

from tracker import config_module

config: Any = config_module()
SECRET = "0123456789abcdef0123456789abcdef"  # 32 characters


def _load(folder: Path, **given: str) -> Any:
    """Settings from an environment with these variables, without their common prefix."""
    environ = {"TRACKER_INSTANCE": str(folder)}
    environ |= {f"TRACKER_{name.upper()}": value for name, value in given.items()}
    return config.load(environ)


def _refusal(folder: Path, **given: str) -> str:
    with pytest.raises(config.BadSetting) as refusal:
        _load(folder, **given)
    return str(refusal.value)


def _override(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "config.py").write_text(text)


def test_nothing_needs_to_be_set(folder: Path) -> None:
    settings = _load(folder)
    assert settings.instance == folder.resolve()
    assert settings.database_url == f"sqlite:///{folder.resolve() / 'tracker.sqlite3'}"
    assert settings.base_url == "http://localhost:8000"
    assert {"localhost", "127.0.0.1"} <= set(settings.trusted_hosts)
    assert set(settings.trusted_hosts) <= {"localhost", "127.0.0.1", "[::1]"}
    assert settings.public_dashboard is False
    assert settings.timezone == "UTC"
    assert settings.demo is False
    assert settings.require_mfa == "editors"
    assert config.load({"TRACKER_INSTANCE": str(folder)}, demo=True).require_mfa == "none"


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("database_url", "sqlite:////srv/tracker.sqlite3", "sqlite:////srv/tracker.sqlite3"),
        ("database_url", "postgresql+psycopg://t@db/t", "postgresql+psycopg://t@db/t"),
        ("secret_key", SECRET, SECRET),
        ("base_url", "https://tracker.example.org", "https://tracker.example.org"),
        ("base_url", "https://tracker.example.org/", "https://tracker.example.org"),
        ("base_url", "http://localhost:9000", "http://localhost:9000"),
        ("trusted_hosts", "a.example", ("localhost", "127.0.0.1", "a.example")),
        (
            "trusted_hosts",
            " a.example , b.example,, ",
            ("localhost", "127.0.0.1", "a.example", "b.example"),
        ),
        ("public_dashboard", "on", True),
        ("public_dashboard", "ON", True),
        ("public_dashboard", " yes ", True),
        ("public_dashboard", "1", True),
        ("public_dashboard", "true", True),
        ("public_dashboard", "off", False),
        ("public_dashboard", "No", False),
        ("public_dashboard", "0", False),
        ("public_dashboard", "false", False),
        ("timezone", "Europe/Oslo", "Europe/Oslo"),
        ("timezone", "UTC", "UTC"),
        ("require_mfa", "All", "all"),
        ("require_mfa", "none", "none"),
        ("smtp_url", "smtp://localhost:2525", "smtp://localhost:2525"),
        ("smtp_url", "smtps://u:p@mail.example.org", "smtps://u:p@mail.example.org"),
        ("smtp_url", "smtp://mail.example.org?starttls=1", "smtp://mail.example.org?starttls=1"),
        ("mail_from", "desk@example.org", "desk@example.org"),
    ],
)
def test_a_good_value_is_taken(folder: Path, name: str, typed: str, kept: object) -> None:
    assert getattr(_load(folder, **{name: typed}), name) == kept


BAD: list[tuple[str, str, str, str]] = [
    ("database_url", "mysql://db/t", "sqlite:///", "postgresql+psycopg://tracker@localhost"),
    ("database_url", "postgresql://db/t", "must start with", "example: postgresql+psycopg://"),
    ("database_url", "sqlite://", "must start with", "example: postgresql+psycopg://"),
    ("database_url", "sqlite:///", "must start with", "example: postgresql+psycopg://"),
    ("database_url", "postgresql+psycopg://", "must start with", "example: postgresql+psycopg://"),
    ("database_url", "tracker.sqlite3", "must start with", "example: postgresql+psycopg://"),
    ("database_url", "postgresql+psycopg://t@db:port/t", "cannot be read", "example: postgresql"),
    ("secret_key", "hunter2", "shorter than 32", "secrets.token_hex"),
    ("secret_key", SECRET[:-1], "shorter than 32", "secrets.token_hex"),
    ("base_url", "tracker.example.org", "a scheme and a host", "example: https://"),
    ("base_url", "ftp://tracker.example.org", "a scheme and a host", "example: https://"),
    ("base_url", "https://", "a scheme and a host", "example: https://"),
    ("base_url", "https://tracker.example.org/app", "a scheme and a host", "example: https://"),
    ("base_url", "http://[::1", "", "example: https://"),
    ("base_url", "https://tracker.example.org:port", "", "example: https://"),
    ("base_url", "https://tracker example.org", "", "example: https://"),
    ("base_url", "https://me:secret@tracker.example.org", "", "example: https://"),
    ("base_url", "https://tracker.example.org:99999", "", "example: https://"),
    ("base_url", "https://tracker..org", "a scheme and a host", "example: https://"),
    ("database_url", "sqlite:///:memory:", "must name a file", "example: postgresql"),
    ("database_url", "sqlite:////srv/t.sqlite3?mode=ro", "must name a file", "example: postgresql"),
    ("backup_days", "9" * 5000, "no number of days", "example: 14"),
    ("proxies", "9" * 5000, "no number of proxies", "example: 1"),
    ("trusted_hosts", ",", "host names", "example: tracker.example.org"),
    ("trusted_hosts", "*", "wildcard", "example: tracker.example.org"),
    ("trusted_hosts", "*.example.org", "wildcard", "example: tracker.example.org"),
    ("trusted_hosts", "https://a.example", "host names", "example: tracker.example.org"),
    ("trusted_hosts", "a.example b.example", "host names", "example: tracker.example.org"),
    ("public_dashboard", "maybe", "'maybe' is neither on nor off", "example: on"),
    ("public_dashboard", "2", "neither on nor off", "example: on"),
    ("public_dashboard", "on\noff", "neither on nor off", "example: on"),
    ("timezone", "Mars/Phobos", "'Mars/Phobos' is not a known", "example: Europe/Oslo"),
    ("timezone", "../etc/passwd", "not a known", "example: Europe/Oslo"),
]


@pytest.mark.parametrize(("name", "typed", "problem", "example"), BAD)
def test_a_bad_value_stops_with_one_line_of_variable_problem_and_example(
    folder: Path, name: str, typed: str, problem: str, example: str
) -> None:
    line = _refusal(folder, **{name: typed})
    assert line.startswith(f"TRACKER_{name.upper()}: ")
    assert problem in line
    assert example in line
    assert "\n" not in line


def test_a_refusal_does_not_repeat_a_secret(folder: Path) -> None:
    assert "hunter2" not in _refusal(folder, secret_key="hunter2")
    assert "hunter2" not in _refusal(folder, database_url="mysql://me:hunter2@db/t")
    assert "hunter2" not in _refusal(folder, database_url="postgresql+psycopg://me:hunter2/t")


@pytest.mark.parametrize("name", ["database_url", "secret_key", "base_url", "trusted_hosts"])
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_value_is_no_value(folder: Path, name: str, blank: str) -> None:
    assert getattr(_load(folder, **{name: blank}), name) == getattr(_load(folder), name)


def test_an_instance_that_cannot_be_a_folder_is_refused(folder: Path) -> None:
    (folder / "file").write_text("")
    line = _refusal(folder / "file" / "instance")
    assert line.startswith("TRACKER_INSTANCE: cannot make the folder ")
    assert "example: TRACKER_INSTANCE=/srv/tracker" in line
    assert _refusal(folder / "file").startswith("TRACKER_INSTANCE: ")


def test_the_instance_folder_is_made_for_its_owner_alone(folder: Path) -> None:
    made = folder / "new" / "instance"
    _load(made)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_the_instance_is_a_folder_called_instance_unless_one_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder / "home"))
    assert config.load({}).instance == (folder / "instance").resolve()
    at_home = config.load({"TRACKER_INSTANCE": "~/tracker"})
    assert at_home.instance == (folder / "home" / "tracker").resolve()


def test_other_variables_of_the_environment_are_left_alone(folder: Path) -> None:
    settings = config.load(
        {"TRACKER_INSTANCE": str(folder), "SECRET_KEY": "x", "BASE_URL": "x", "TIMEZONE": "x"}
    )
    assert settings.timezone == "UTC"


# ---- the secret


def test_the_secret_is_made_once_and_readable_by_its_owner_alone(folder: Path) -> None:
    first, second = _load(folder), _load(folder)
    assert first.secret_key == second.secret_key
    assert re.fullmatch("[0-9a-f]{64}", first.secret_key)
    kept = folder / "secret_key"
    assert kept.read_text().strip() == first.secret_key
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_two_instances_have_two_secrets(folder: Path) -> None:
    assert _load(folder / "one").secret_key != _load(folder / "two").secret_key


def test_a_secret_that_is_given_is_not_written_down(folder: Path) -> None:
    assert _load(folder, secret_key=SECRET).secret_key == SECRET
    assert not (folder / "secret_key").exists()


def test_a_kept_secret_may_end_in_a_newline(folder: Path) -> None:
    (folder / "secret_key").write_text(SECRET + "\n")
    assert _load(folder).secret_key == SECRET


@pytest.mark.parametrize("damaged", ["", "short\n"])
def test_a_damaged_secret_is_refused_with_what_to_do(folder: Path, damaged: str) -> None:
    (folder / "secret_key").write_text(damaged)
    line = _refusal(folder)
    assert line.startswith("TRACKER_SECRET_KEY: ")
    assert "delete it to have a new one made" in line
    assert (folder / "secret_key").read_text() == damaged


# ---- hosts and cookies


def test_the_host_of_the_address_and_the_machine_itself_are_trusted(folder: Path) -> None:
    settings = _load(folder, base_url="https://tracker.example.org:8443")
    assert settings.trusted_hosts == ("tracker.example.org", "localhost", "127.0.0.1")
    further = _load(
        folder, base_url="https://tracker.example.org", trusted_hosts="alias.example.org"
    )
    assert further.trusted_hosts == (*settings.trusted_hosts, "alias.example.org")


@pytest.mark.parametrize(
    ("base_url", "secure"),
    [
        ("https://tracker.example.org", True),
        ("http://tracker.example.org", True),
        ("http://localhost.example.org", True),
        ("http://localhost:8000", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
    ],
)
def test_cookies_travel_over_tls_alone_except_on_the_machine_itself(
    folder: Path, base_url: str, secure: bool
) -> None:
    assert _load(folder, base_url=base_url).secure_cookies is secure


# ---- instance/config.py


def test_the_instances_own_file_outweighs_the_environment(folder: Path) -> None:
    _override(
        folder,
        "TRACKER_TIMEZONE = 'Europe/' + 'Oslo'\n"
        "TRACKER_PUBLIC_DASHBOARD = True\n"
        "TRACKER_TRUSTED_HOSTS = ['a.example', 'b.example']\n"
        "something_else = 1\n",
    )
    settings = _load(folder, timezone="Asia/Tokyo", base_url="https://a.example")
    assert settings.timezone == "Europe/Oslo"
    assert settings.public_dashboard is True
    assert settings.trusted_hosts == ("a.example", "localhost", "127.0.0.1", "b.example")
    assert settings.base_url == "https://a.example"


def test_what_a_command_gives_outweighs_both(folder: Path) -> None:
    _override(folder, "TRACKER_TIMEZONE = 'Europe/Oslo'\n")
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_TIMEZONE": "Asia/Tokyo"}
    assert config.load(environ, timezone="UTC", demo=True).timezone == "UTC"
    assert config.load(environ, demo=True).demo is True


def test_a_setting_that_is_nearly_named_stops_the_start(folder: Path) -> None:
    assert "is TRACKER_BASE_URL meant?" in _refusal(folder, baseurl="https://a.example")
    _override(folder, "TRACKER_BAKUP_DAYS = 3\n")
    assert "TRACKER_BAKUP_DAYS is no setting" in _refusal(folder)


def test_an_instance_that_cannot_be_read_is_told_in_a_line(folder: Path) -> None:
    (folder / "secret_key").mkdir()
    assert _refusal(folder).startswith("TRACKER_SECRET_KEY: ")
    assert _refusal(Path("~nobody-of-that-name/x")).startswith("TRACKER_INSTANCE: ")


def test_a_bad_value_in_the_instances_own_file_names_the_variable(folder: Path) -> None:
    _override(folder, "TRACKER_TIMEZONE = 'Mars/Phobos'\n")
    assert _refusal(folder).startswith("TRACKER_TIMEZONE: 'Mars/Phobos' is not")


@pytest.mark.parametrize(
    ("text", "problem"), [("1 / 0\n", "ZeroDivisionError"), ("TRACKER_TIMEZONE =\n", "SyntaxError")]
)
def test_an_own_file_that_fails_is_named_in_one_line(folder: Path, text: str, problem: str) -> None:
    _override(folder, text)
    line = _refusal(folder)
    assert str(folder / "config.py") in line
    assert problem in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKER_DATABASE_URL", "5"),
        ("TRACKER_BASE_URL", "5"),
        ("TRACKER_SECRET_KEY", "12345678901234567890123456789012"),
        ("TRACKER_TRUSTED_HOSTS", "5"),
        ("TRACKER_TRUSTED_HOSTS", "[5]"),
        ("TRACKER_PUBLIC_DASHBOARD", "'maybe'"),
        ("TRACKER_TIMEZONE", "['UTC']"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_like_any_bad_value(
    folder: Path, name: str, value: str
) -> None:
    _override(folder, f"{name} = {value}\n")
    line = _refusal(folder)
    assert line.startswith(f"{name}: ")
    assert "\n" not in line


def test_no_environment_switches_the_demonstration_on(folder: Path) -> None:
    found = config.load({"TRACKER_INSTANCE": str(folder), "TRACKER_DEMO": "on"})
    assert (found.demo, found.require_mfa) == (False, "editors")


# ---- what is shown


def test_every_setting_is_shown_under_its_variables_name(folder: Path) -> None:
    shown = _load(
        folder, base_url="https://a.example", trusted_hosts="a.example,b.example"
    ).printable()
    assert shown == {
        "TRACKER_INSTANCE": str(folder.resolve()),
        "TRACKER_DATABASE_URL": f"sqlite:///{folder.resolve() / 'tracker.sqlite3'}",
        "TRACKER_SECRET_KEY": "********",
        "TRACKER_BASE_URL": "https://a.example",
        "TRACKER_TRUSTED_HOSTS": "a.example,localhost,127.0.0.1,b.example",
        "TRACKER_PUBLIC_DASHBOARD": "off",
        "TRACKER_TIMEZONE": "UTC",
        "TRACKER_BACKUP_DAYS": "14",
        "TRACKER_PROXIES": "0",
        "TRACKER_REQUIRE_MFA": "editors",
        "TRACKER_SMTP_URL": "",
        "TRACKER_MAIL_FROM": "tracker@a.example",
    }


def test_what_is_shown_can_be_set_again(folder: Path) -> None:
    first = _load(folder, public_dashboard="on", timezone="Europe/Oslo")
    shown = first.printable()
    del shown["TRACKER_SECRET_KEY"]
    assert config.load(shown) == first


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql+psycopg://me:hunter2@db/t", "postgresql+psycopg://me:********@db/t"),
        ("postgresql+psycopg://me:hunter2@db:5432/t", "postgresql+psycopg://me:********@db:5432/t"),
        ("postgresql+psycopg://me:hun%40ter2@db/t", "postgresql+psycopg://me:********@db/t"),
        ("postgresql+psycopg://me:hun@ter2@db/t", "postgresql+psycopg://me:********@db/t"),
        ("postgresql+psycopg://me:hun/ter2@db/t", "postgresql+psycopg://me:********@db/t"),
        ("postgresql+psycopg://me@db:5432/t", "postgresql+psycopg://me@db:5432/t"),
    ],
)
def test_the_password_of_the_database_is_masked(folder: Path, url: str, masked: str) -> None:
    assert _load(folder, database_url=url).printable()["TRACKER_DATABASE_URL"] == masked


def test_a_password_among_the_parameters_of_the_database_is_masked_too(folder: Path) -> None:
    url = "postgresql+psycopg:///tracker?host=/run/pg&user=me&password=hunter2"
    assert "hunter2" not in _load(folder, database_url=url).printable()["TRACKER_DATABASE_URL"]


def test_no_secret_is_shown_anywhere(folder: Path) -> None:
    settings = _load(folder, secret_key=SECRET, database_url="postgresql+psycopg://me:hunter2@db/t")
    shown = " ".join(settings.printable().values())
    assert SECRET not in shown
    assert "hunter2" not in shown
