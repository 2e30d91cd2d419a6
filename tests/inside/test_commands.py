"""The commands: their shapes, their exit codes, and one plain line where something goes wrong."""

import json
import re
import shutil
import socket
import sqlite3
import stat
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.inside.commands import CommandLine, failed, in_its_own_process
from tests.inside.samples import CaseFile, record_case, writing
from tests.support import databases
from tests.support.people import PASSWORD
from tracker import config_module, create_app
from tracker.accounts import queries as accounts
from tracker.core.db import db
from tracker.records.models import Audience

STAFF, PARTNER = "staff@example.org", "partner@example.org"

# shapes on which scripts of others rest
RUN = {"job", "as_of", "examined", "newly_flagged", "cleared", "suppressed", "seconds"}
FLAG = {"recommendation", "agency", "kind", "cause", "basis", "due_on", "flagged_on"}
RECOMMENDATION = """
    reference title instrument request legal_basis status closure_reason audience organisation
    assignee next_action next_action_on tags countries region submitted_on last_contact_on
    response_requested_by decided_by stale causes targets outcomes addressees controls clocks
    letters sources version updated_at url
"""
PARTS = {
    "targets": "reference name kind",
    "outcomes": "target kind instrument citation effective_on attribution url",
    "addressees": "agency office official state last_contact_on",
    "clocks": """
        kind agency basis citation started_on due_on state flagged_on snoozed_until explanation
    """,
}


@dataclass(frozen=True)
class Installed:
    """An instance with two organisations, an account of each, and two cases."""

    tracker: CommandLine
    shared: CaseFile
    own: CaseFile


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    tracker = CommandLine(tmp_path_factory.mktemp("instance"))
    tracker.ok("db", "upgrade")
    for organisation, email, role in (
        ("Highland Group", STAFF, "staff"),
        ("Partner Group", PARTNER, "partner"),
    ):
        tracker.ok("organisations", "add", organisation)
        arguments = ("--role", role, "--organisation", organisation, "--password-stdin")
        tracker.ok("users", "add", email, *arguments, stdin=PASSWORD + "\n")
    app = create_app(config_module().load({"TRACKER_INSTANCE": str(tracker.instance)}))
    with writing(app):
        viewer = accounts.viewer_for(STAFF)
        shared = record_case(viewer, Audience.COALITION, "A shared case")
        own = record_case(viewer, title="An internal case")
    with app.app_context():
        db.engine.dispose()
    return Installed(tracker, shared, own)


@pytest.fixture
def fresh(tmp_path: Path) -> CommandLine:
    """An instance in which nothing was done yet."""
    return CommandLine(tmp_path / "instance")


@pytest.fixture
def copied(installed: Installed, tmp_path: Path) -> CommandLine:
    """A copy of the instance, to be spoilt."""
    folder = tmp_path / "copy"
    shutil.copytree(installed.tracker.instance, folder)
    return CommandLine(folder)


def spoil(tracker: CommandLine, statement: str) -> None:
    engine = create_engine(f"sqlite:///{tracker.instance / 'tracker.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


# ---- the installed command, in processes of its own


def test_the_command_makes_a_private_instance_and_runs_on_it(tmp_path: Path) -> None:
    settings = {"TRACKER_INSTANCE": str(tmp_path / "new")}
    assert in_its_own_process("db", "upgrade", **settings).code == 0
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "new", *(tmp_path / "new").iterdir())
    }
    assert modes.pop("new") == 0o700
    assert modes.keys() >= {"tracker.sqlite3", "secret_key"}
    assert set(modes.values()) == {0o600}
    checked = CommandLine(tmp_path / "new")("db", "check")
    assert (checked.code, checked.out) == (0, "The schema and the models agree.\n")


def test_the_command_fails_with_one_line_and_its_code(tmp_path: Path) -> None:
    settings = {"TRACKER_INSTANCE": str(tmp_path), "TRACKER_TIMEZONE": "Mars/Olympus"}
    said = failed(in_its_own_process("config", **settings))
    assert said.startswith("tracker: TRACKER_TIMEZONE: ")


# ---- the database


def test_upgrading_twice_changes_nothing(installed: Installed, copied: CommandLine) -> None:
    before = len(copied("jobs", "history", "--json").json)
    assert copied.ok("db", "upgrade") == installed.tracker.ok("db", "upgrade")
    assert len(copied("jobs", "history", "--json").json) == before
    assert copied("audit", "verify").code == 0


def test_a_schema_that_differs_is_told(copied: CommandLine) -> None:
    assert copied.ok("db", "check") == "The schema and the models agree.\n"
    spoil(copied, "DROP INDEX ix_clocks_to_flag")
    ran = copied("db", "check")
    assert "ix_clocks_to_flag" in ran.out
    failed(ran)


@pytest.mark.parametrize("kind", databases.KINDS)
@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "list"),
        ("stats", "--as", STAFF),
        ("jobs", "run", "stale-sweep"),
        ("jobs", "history"),
        ("audit", "verify"),
        ("serve", "--port", "1"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_database_without_schema_says_what_to_run(
    fresh: CommandLine, kind: str, arguments: tuple[str, ...]
) -> None:
    if kind == "postgresql":
        fresh.settings["TRACKER_DATABASE_URL"] = databases.new_database(
            f"bare_{databases.worker()}"
        )
    assert "tracker db upgrade" in failed(fresh(*arguments))


def test_a_database_that_does_not_answer_is_one_line(fresh: CommandLine) -> None:
    url = "postgresql+psycopg://tracker:geheim-und-lang@127.0.0.1:1/tracker"
    said = failed(fresh("users", "list", TRACKER_DATABASE_URL=url))
    assert "geheim" not in said


@pytest.mark.parametrize(
    "arguments", [("users", "list"), ("audit", "verify"), ("db", "upgrade"), ("backup", "a.backup")]
)
def test_a_damaged_database_says_what_to_do(
    copied: CommandLine, arguments: tuple[str, ...]
) -> None:
    (copied.instance / "tracker.sqlite3").write_bytes(b"no database at all" * 1000)
    assert "move that file aside, then: tracker restore" in failed(copied(*arguments))


@pytest.mark.parametrize(
    "arguments", [("serve",), ("db", "upgrade"), ("db", "check"), ("backup", "a.backup")]
)
def test_a_database_of_a_newer_version_says_so(
    copied: CommandLine, arguments: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(copied.instance / "tracker.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert "made by a newer version than this one" in failed(copied(*arguments))


def test_an_argument_that_is_no_text_is_wrong_usage(installed: Installed) -> None:
    failed(
        installed.tracker("export", "json", "--out", "-", "--as", STAFF, "--filter", "\udcff"), 2
    )


@pytest.mark.parametrize("given", ["", "https://tracker.example.org"])
def test_what_is_served_knows_its_address(
    copied: CommandLine, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    served: list[str] = []
    monkeypatch.setattr(
        "tracker.cli.run._serve", lambda settings, *_, **__: served.append(settings.base_url)
    )
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    said = copied("serve", "--port", str(port), TRACKER_BASE_URL=given)
    wanted = given or f"http://localhost:{port}"
    assert (said.code, served) == (0, [wanted]), said
    assert f"Serving at 127.0.0.1:{port}, as {wanted}." in said.out


def test_a_locked_database_is_one_line(
    copied: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.core.db.BUSY_SECONDS", 0.05)
    engine = create_engine(f"sqlite:///{copied.instance / 'tracker.sqlite3'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        assert "locked" in failed(copied("organisations", "add", "Another"))
        connection.rollback()
    engine.dispose()


# ---- people


def test_an_organisation_of_the_same_name_is_refused(installed: Installed) -> None:
    assert "Highland Group" in failed(installed.tracker("organisations", "add", "Highland Group"))


def test_a_password_that_is_made_is_printed_once_and_works(copied: CommandLine) -> None:
    out = copied.ok(
        "users", "add", "new@example.org", "--role", "admin", "--organisation", "Highland Group"
    )
    found = re.search(r"shown this once: (\S{15,})$", out, re.MULTILINE)
    assert found
    assert found[1] not in copied.ok("users", "list", "--json")
    assert logs_in(copied, "new@example.org", found[1])
    assert not logs_in(copied, "new@example.org", found[1] + "x")


def test_a_password_from_standard_input_is_not_printed(installed: Installed) -> None:
    assert logs_in(installed.tracker, STAFF, PASSWORD)
    assert PASSWORD not in installed.tracker.ok("users", "list")


def logs_in(tracker: CommandLine, email: str, password: str) -> bool:
    app = create_app(config_module().load({"TRACKER_INSTANCE": str(tracker.instance)}))
    with app.app_context():
        user = accounts.user_by_email(email)
        assert user is not None
        good = bool(user.verify_and_update_password(password))
        db.session.rollback()
        db.engine.dispose()
    return good


def test_accounts_are_listed(installed: Installed) -> None:
    found = installed.tracker("users", "list", "--json").json
    assert sorted(found, key=lambda user: str(user["email"])) == [
        {
            "email": PARTNER,
            "name": "partner",
            "role": "partner",
            "organisation": "Partner Group",
            "active": True,
        },
        {
            "email": STAFF,
            "name": "staff",
            "role": "staff",
            "organisation": "Highland Group",
            "active": True,
        },
    ]
    assert all(user["email"] in installed.tracker.ok("users", "list") for user in found)


def test_a_disabled_account_can_do_nothing_more(copied: CommandLine) -> None:
    copied.ok("users", "disable", STAFF)
    listed = {user["email"]: user["active"] for user in copied("users", "list", "--json").json}
    assert listed == {STAFF: False, PARTNER: True}
    assert STAFF in failed(copied("stats", "--as", STAFF))
    assert STAFF in failed(copied("users", "disable", STAFF))


def test_a_lost_password_is_replaced(copied: CommandLine) -> None:
    printed = copied.ok("users", "reset-password", STAFF.upper())
    assert len(printed.strip().rpartition(" ")[2]) >= 20
    copied.ok("users", "reset-password", STAFF, "--password-stdin", stdin="seven quiet herons\n")
    refused = copied("users", "reset-password", STAFF, "--password-stdin", stdin="short\n")
    assert "15 characters or more" in failed(refused)
    assert "nobody@example.org" in failed(copied("users", "reset-password", "nobody@example.org"))


ADD = ("users", "add")
OF_HIGHLAND = ("--role", "staff", "--organisation", "Highland Group")
REFUSED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "a bad address": ((*ADD, "nobody", *OF_HIGHLAND), "", "nobody"),
    "a taken address": ((*ADD, STAFF.upper(), *OF_HIGHLAND), "", "already"),
    "a short password": (
        (*ADD, "a@example.org", *OF_HIGHLAND, "--password-stdin"),
        "short\n",
        "15",
    ),
    "an unknown organisation": (
        (*ADD, "a@example.org", "--role", "staff", "--organisation", "Nobody's"),
        "",
        "tracker organisations add",
    ),
    "no name": (("organisations", "add", "  "), "", "name"),
    "a name too long": (("organisations", "add", "x" * 121), "", "120"),
    "a name with a control character": (("organisations", "add", "a\x07b"), "", "U+0007"),
    "an unknown account to disable": (("users", "disable", "a@example.org"), "", "a@example.org"),
    "an unknown account to act as": (("stats", "--as", "a@example.org"), "", "a@example.org"),
    "an unknown account to export as": (
        ("export", "json", "--out", "-", "--as", "a@example.org"),
        "",
        "a@example.org",
    ),
    "a day to come": (("jobs", "run", "stale-sweep", "--at", "2999-01-01"), "", "--dry-run"),
    "a backup of a past day": (("jobs", "run", "backup", "--at", "2024-03-01"), "", "another day"),
    "a plan of a backup of a past day": (
        ("jobs", "run", "backup", "--at", "0001-01-01", "--dry-run"),
        "",
        "another day",
    ),
    "forgetting as of a past day": (("jobs", "run", "prune", "--at", "2024-03-01"), "", "another"),
    "a name taken in capitals": (("organisations", "add", "HIGHLAND group"), "", "Highland Group"),
    "an export to a full disk": (
        ("export", "json", "--out", "/dev/full", "--as", STAFF),
        "",
        "full",
    ),
    "a backup to a device": (("backup", "/dev/null", "--overwrite"), "", "exists already"),
    "a backup under a name too long": (("backup", "x" * 300), "", "too long"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_done_is_one_line(installed: Installed, what: str) -> None:
    arguments, stdin, names = REFUSED[what]
    assert names in failed(installed.tracker(*arguments, stdin=stdin))


TO_OUT = ("export", "json", "--out", "-", "--as", STAFF, "--filter")
MISUSED: dict[str, tuple[str, ...]] = {
    "a filter that is none": (*TO_OUT, "colour=red"),
    "a filter without its value": (*TO_OUT, "status"),
    "a filter with nothing behind it": (*TO_OUT, "status="),
    "a body that is none": (*TO_OUT, "agency=nobody"),
    "an order for a filter": (*TO_OUT, "sort=title"),
    "a status that is none": (*TO_OUT, "status=lost"),
    "a year that is none": (*TO_OUT, "year=20"),
    "a year for all": (*TO_OUT, "year=%"),
    "a country that is none": (*TO_OUT, "country=Tibet"),
    "figures of a day to come": ("stats", "--as", STAFF, "--as-of", "2999-01-01"),
    "figures as known on a day to come": (
        *("stats", "--as", STAFF, "--as-of", "2024-01-01"),
        *("--known-at", "2999-01-01"),
    ),
    "an unknown command": ("conquer",),
    "an unknown job": ("jobs", "run", "nothing"),
    "a day that is none": ("jobs", "run", "stale-sweep", "--at", "yesterday"),
    "a day that the month lacks": ("jobs", "run", "stale-sweep", "--at", "2024-02-30"),
    "an address to listen on that is none": ("serve", "--host", " "),
    "a backup to the terminal": ("backup", "-"),
    "statistics for nobody": ("stats",),
    "an export for nobody": ("export", "json", "--out", "-"),
    "an export to nowhere": ("export", "json", "--as", STAFF),
    "an unknown format": ("export", "tapestry", "--out", "-", "--as", STAFF),
    "no role": (*ADD, "a@example.org", "--organisation", "X"),
    "an unknown role": (*ADD, "a@example.org", "--role", "boss", "--organisation", "X"),
    "an unknown option": ("users", "list", "--loudly"),
    "a port that is none": ("serve", "--port", "99999"),
}


@pytest.mark.parametrize("what", MISUSED)
def test_wrong_usage_is_told_in_a_line_and_has_exit_code_2(installed: Installed, what: str) -> None:
    ran = installed.tracker(*MISUSED[what])
    assert "--help" in failed(ran, 2)
    assert ran.out == ""


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_no_error(installed: Installed, flag: str) -> None:
    assert "Usage: tracker" in installed.tracker.ok(flag)


@pytest.mark.parametrize("words", [(), ("jobs",)])
def test_a_group_without_a_command_shows_what_it_has(
    installed: Installed, words: tuple[str, ...]
) -> None:
    ran = installed.tracker(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "Commands:" in ran.err


# ---- jobs


def test_jobs_are_listed(installed: Installed) -> None:
    found = {job["name"]: job for job in installed.tracker("jobs", "list", "--json").json}
    assert "stale-sweep" in found
    assert "stale-sweep" in installed.tracker.ok("jobs", "list")


def test_a_run_has_its_shape_and_lists_the_flags_in_force(installed: Installed) -> None:
    ran = installed.tracker("jobs", "run", "stale-sweep", "--at", "2024-03-01", "--json").json
    assert ran.keys() >= RUN | {"in_force"}
    assert (ran["job"], ran["as_of"]) == ("stale-sweep", "2024-03-01")
    for figure in ("examined", "newly_flagged", "cleared"):
        assert isinstance(ran[figure], int)
    assert isinstance(ran["suppressed"], dict)
    assert isinstance(ran["seconds"], float)
    assert all(flag.keys() >= FLAG for flag in ran["in_force"])
    known = {installed.shared.ask, installed.own.ask}
    assert {flag["recommendation"] for flag in ran["in_force"]} == known


@pytest.mark.parametrize("job", ["deliver-mail", "send-digests", "prune"])
def test_a_job_that_flags_nothing_says_so_under_the_same_names(
    installed: Installed, job: str
) -> None:
    ran = installed.tracker("jobs", "run", job, "--json").json
    assert ran.keys() >= RUN
    assert (ran["newly_flagged"], ran["cleared"], ran["suppressed"]) == (0, 0, {})
    [newest] = installed.tracker("jobs", "history", "--limit", "1", "--json").json
    assert newest.keys() >= RUN


def test_the_ledger_has_its_shape(installed: Installed) -> None:
    installed.tracker.ok("jobs", "run", "stale-sweep", "--at", "2024-03-01")
    newest, *_ = installed.tracker("jobs", "history", "--json").json
    assert newest.keys() >= RUN | {"started_at", "finished_at", "state", "error", "host"}
    assert (newest["state"], newest["error"], newest["as_of"]) == ("succeeded", "", "2024-03-01")
    assert newest["started_at"] <= newest["finished_at"]
    assert re.search(r"(Z|\+00:00)$", newest["started_at"])
    assert "stale-sweep" in installed.tracker.ok("jobs", "history")


def test_the_ledger_shows_as_many_runs_as_asked_for(installed: Installed) -> None:
    for _ in range(2):
        installed.tracker.ok("jobs", "run", "stale-sweep", "--at", "2024-03-01")
    assert len(installed.tracker("jobs", "history", "--limit", "1", "--json").json) == 1


def test_a_dry_run_leaves_no_run(installed: Installed) -> None:
    before = installed.tracker("jobs", "history", "--json").json
    ran = installed.tracker(
        "jobs", "run", "stale-sweep", "--at", "2999-01-01", "--dry-run", "--json"
    ).json
    assert ran.keys() >= RUN | {"in_force"}
    assert installed.tracker("jobs", "history", "--json").json == before


# ---- what is read on somebody's behalf


def test_statistics_have_their_shape(installed: Installed) -> None:
    found = installed.tracker("stats", "--as", STAFF, "--json").json
    assert found["viewer"] == {"role": "staff", "organisation": "Highland Group"}
    assert found["recommendations"].keys() >= {
        "total",
        "open",
        "stale",
        "acted_in_full",
        "acted_in_part",
    }
    assert found["recommendations"]["total"] == 2
    for name in ("by_status", "by_instrument", "by_country", "by_year", "stale_by_cause"):
        assert found[name]
        assert all(isinstance(count, int) for count in found[name].values())
    assert found["by_agency"]["treasury"].keys() >= {"asked", "acknowledged", "answered", "stale"}
    assert found["timeliness"].keys() >= {"acknowledgement", "reply", "outcome"}
    for figures in found["timeliness"].values():
        assert figures.keys() >= {"n", "events", "median_days", "low", "high"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["as_of"])


def test_statistics_of_a_past_day_have_the_same_names(installed: Installed) -> None:
    present = installed.tracker("stats", "--as", STAFF, "--json").json
    past = installed.tracker("stats", "--as", STAFF, "--as-of", "2024-01-31", "--json").json
    assert past.keys() >= present.keys()
    assert past["recommendations"].keys() == present["recommendations"].keys()
    assert past["recommendations"]["acted_in_full"] is None  # not kept for a past day


def test_statistics_count_what_their_reader_sees(installed: Installed) -> None:
    found = installed.tracker("stats", "--as", PARTNER, "--json").json
    assert found["recommendations"]["total"] == 1
    assert "total: 1" in installed.tracker.ok("stats", "--as", PARTNER)


def exported(installed: Installed, email: str, *more: str) -> Any:
    return installed.tracker("export", "json", "--out", "-", "--as", email, *more).json


def test_an_export_has_its_shape(installed: Installed) -> None:
    found = exported(installed, STAFF)
    assert found.keys() >= {
        "as_of",
        "recommendations",
        "letters",
        "targets",
        "agencies",
        "sources",
    }
    assert len(found["recommendations"]) == len(found["letters"]) == len(found["targets"]) == 2
    for ask in found["recommendations"]:
        assert ask.keys() >= set(RECOMMENDATION.split())
        for name, keys in PARTS.items():
            assert ask[name], name
            assert all(part.keys() >= set(keys.split()) for part in ask[name]), name
        assert ask["url"].endswith(f"/recommendations/{ask['reference']}")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", ask["updated_at"])
        assert all(clock["explanation"] for clock in ask["clocks"])


def test_an_export_holds_what_its_reader_sees_and_nothing_else(installed: Installed) -> None:
    out = installed.tracker.ok("export", "json", "--out", "-", "--as", PARTNER)
    assert installed.shared.ask in out
    assert "internal" not in out
    own = installed.own
    assert not any(hidden in out for hidden in (own.ask, own.letter, own.target, own.contact))


@pytest.mark.parametrize(
    ("given", "count"),
    [
        (("status=submitted",), 2),
        (("status=draft",), 0),
        (("instrument=global_magnitsky", "country=cn"), 2),
        (("agency=treasury", "year=2023", "tag=campaign"), 2),
        (("q=internal",), 1),
        (("agency=state",), 0),
        (("open=1", "asked=1", "audience=coalition"), 1),
        (("stale=1",), 2),
        (("cause=silent",), 2),
    ],
)
def test_filters_narrow_an_export(installed: Installed, given: tuple[str, ...], count: int) -> None:
    filters = [word for pair in given for word in ("--filter", pair)]
    found = exported(installed, STAFF, *filters)
    assert len(found["recommendations"]) == count
    assert len(found["letters"]) == count


def test_an_export_to_a_file_says_what_it_wrote(installed: Installed, folder: Path) -> None:
    said = installed.tracker.ok("export", "json", "--out", str(folder / "a.json"), "--as", STAFF)
    assert "2 recommendations" in said
    assert [path.name for path in folder.iterdir()] == ["a.json"]


@pytest.mark.parametrize("place", ["missing/out.json", "file/out.json"])
def test_an_output_that_cannot_be_written_is_one_line(
    installed: Installed, folder: Path, place: str
) -> None:
    (folder / "file").write_text("no folder")
    out = str(folder / place)
    assert out in failed(installed.tracker("export", "json", "--out", out, "--as", STAFF))


def test_an_export_leaves_a_link_what_it_is(installed: Installed, folder: Path) -> None:
    (folder / "link.json").symlink_to(folder / "kept.json")
    (folder / "kept.json").write_text("of before")
    installed.tracker.ok("export", "json", "--out", str(folder / "link.json"), "--as", STAFF)
    assert (folder / "link.json").is_symlink()
    assert json.loads((folder / "kept.json").read_text())["recommendations"]


def test_an_export_that_fails_leaves_the_file_of_before(installed: Installed, folder: Path) -> None:
    out = folder / "a.json"
    out.write_text("of before")
    ran = installed.tracker("export", "json", "--out", str(out), "--as", "nobody@example.org")
    failed(ran)
    assert out.read_text() == "of before"
    assert list(folder.iterdir()) == [out]


# ---- trust


def test_a_chain_that_nobody_touched_verifies(installed: Installed) -> None:
    assert "intact" in installed.tracker.ok("audit", "verify")
    [verdict] = installed.tracker("audit", "verify", "--json").json
    assert (verdict["chain"], verdict["problem"]) == ("main", None)


def test_an_anchor_is_printed_and_checked(installed: Installed) -> None:
    anchor = installed.tracker.ok("audit", "anchor").strip()
    assert anchor.startswith("main:")
    assert "intact" in installed.tracker.ok("audit", "verify", "--anchor", anchor)
    altered = f"{anchor.rpartition(':')[0]}:{'0' * 64}"
    ran = installed.tracker("audit", "verify", "--anchor", altered)
    assert "rewritten" in ran.out
    failed(ran)
    ran = installed.tracker("audit", "verify", "--anchor", "nonsense")
    assert ran.code == 2
    assert "as `tracker audit anchor` printed it" in ran.err


def test_an_edited_chain_fails_the_command(copied: CommandLine) -> None:
    spoil(copied, "UPDATE history_events SET name = 'record.tagged' WHERE position = 3")
    ran = copied("audit", "verify")
    assert "entry 3:" in ran.out
    failed(ran)
