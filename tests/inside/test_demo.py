"""The demonstration: what is loaded, what follows from it, and that it is loaded only once."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests.inside.commands import CommandLine
from tests.inside.loaded import Demonstration, Rows, demonstration, rows_of
from tests.inside.samples import reading, writing
from tests.inside.test_audiences import out_of_step
from tests.support import databases
from tests.support.factories import make
from tracker.accounts import queries as accounts
from tracker.accounts.models import Organisation
from tracker.accounts.viewer import MACHINE, Viewer
from tracker.agencies import reference
from tracker.clocks import queries as clocks
from tracker.clocks.models import Clock
from tracker.core.db import db
from tracker.core.now import today
from tracker.demo import load
from tracker.history import queries as history
from tracker.recommendations.instruments import Instrument

ON = "2024-03-01"
SEED = "CECC chairs on mass DNA collection and family separation in Tibet"
ASKED = {"commerce", "treasury", "state"}
# what the seed's letter asks: who decides on it, its targets, and since when nobody has answered
SEED_ASKS = {
    "export_control": (
        "bureau-of-industry-and-security",
        [("Public Security Bureaus and other police entities in Tibet", "class")],
        "2024-02-21",
    ),
    "global_magnitsky": (
        "treasury",
        [
            (
                "PRC officials responsible for the forced separation of Tibetan children from "
                "their families",
                "class",
            )
        ],
        "2024-01-22",
    ),
    "visa_unspecified": (
        "state",
        [
            (
                "Officials in Tibetan areas complicit in mass biometric collection or in "
                "separating Tibetan children from parents",
                "class",
            )
        ],
        "2024-01-22",
    ),
    "entity_list": (
        "end-user-review-committee",
        [
            ("Tibet Autonomous Region Public Security Bureaus", "public_body"),
            ("Other entities affiliated with the Tibet mass DNA collection project", "class"),
        ],
        "2023-12-23",
    ),
}


@pytest.fixture(scope="module", params=databases.KINDS)
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    with demonstration(request.param, tmp_path_factory) as found:
        yield found


@pytest.fixture(scope="module")
def exported(demo: Demonstration) -> dict[str, Any]:
    """What the staff of the demonstration see, as their export has it."""
    found: dict[str, Any] = demo.tracker(
        "export", "json", "--out", "-", "--as", "staff@example.org"
    ).json
    return found


@pytest.fixture(scope="module")
def seed(exported: dict[str, Any]) -> dict[str, Any]:
    """The letter that the program was made for."""
    [found] = [letter for letter in exported["letters"] if letter["title"] == SEED]
    assert isinstance(found, dict)
    return found


def asks_of(exported: dict[str, Any], letter: dict[str, Any]) -> dict[str, Any]:
    """The asks of a letter by instrument, in the letter's order."""
    by_reference = {ask["reference"]: ask for ask in exported["recommendations"]}
    found = [by_reference[reference] for reference in letter["recommendations"]]
    return {ask["instrument"]: ask for ask in found}


# ---- what is loaded


def test_all_letters_and_asks_are_loaded(exported: dict[str, Any]) -> None:
    assert len(exported["letters"]) == 59
    assert len(exported["recommendations"]) == 82


def test_the_seeds_letter_is_as_it_was_written(seed: dict[str, Any]) -> None:
    assert (seed["kind"], seed["written_on"], seed["sent_on"]) == (
        "congressional",
        "2023-10-23",
        "2023-10-23",
    )
    commission = "Congressional-Executive Commission on China"
    assert seed["on_behalf_of"] == commission
    assert [tuple(s.values()) for s in seed["signatories"]] == [
        ("Rep. Chris Smith", "chair", commission),
        ("Sen. Jeff Merkley", "cochair", commission),
    ]
    assert seed["addressees"] == [
        {
            "agency": agency,
            "office": office,
            "official": official,
            "copy": False,
        }
        for agency, office, official in (
            ("commerce", "Secretary of Commerce", "Gina Raimondo"),
            ("treasury", "Secretary of the Treasury", "Janet Yellen"),
            ("state", "Secretary of State", "Antony J. Blinken"),
        )
    ]
    # nobody has read a date in the letter by which a reply is asked for
    assert (seed["reply_requested_by"], seed["reply_date_confirmed"]) == (None, False)


def test_its_four_asks_have_their_deciders_targets_and_addressees(
    exported: dict[str, Any], seed: dict[str, Any]
) -> None:
    asks = asks_of(exported, seed)
    assert {
        key: (ask["decided_by"], [(t["name"], t["kind"]) for t in ask["targets"]])
        for key, ask in asks.items()
    } == {key: (decider, targets) for key, (decider, targets, _) in SEED_ASKS.items()}
    assert list(asks) == list(SEED_ASKS)
    for ask in asks.values():
        assert {row["agency"] for row in ask["addressees"]} == ASKED
        assert {row["state"] for row in ask["addressees"]} == {"awaiting"}
        assert (ask["status"], ask["submitted_on"]) == ("submitted", "2023-10-23")
        assert (ask["countries"], ask["region"]) == (["CN"], "Tibet")
        assert ask["audience"] == "public"


def test_what_happened_near_it_is_on_record_and_not_credited_to_it(
    exported: dict[str, Any], seed: dict[str, Any]
) -> None:
    asks = asks_of(exported, seed)
    near = {
        key: [(row["kind"], row["authority"] or row["actor"]) for row in ask["outcomes"]]
        for key, ask in asks.items()
    }
    company = ("other_action", "Thermo Fisher Scientific")
    removal = ("reversed", "bureau-of-industry-and-security")
    assert sorted(near.values()) == [
        [("listed_related_party", "ofac")],
        [company],
        [company, removal],
        [("other_action", "state")],
    ]
    assert {ask["result"] for ask in asks.values()} == {"none_known"}


def test_its_controlled_item_names_the_technology_and_the_supplier(
    exported: dict[str, Any], seed: dict[str, Any]
) -> None:
    asks = asks_of(exported, seed)
    [item] = asks["export_control"]["controls"]
    assert "DNA" in item["technology"]
    assert item["supplier"] == "Thermo Fisher Scientific"
    assert (item["destination_country"], item["destination_region"]) == ("CN", "Tibet")
    assert item["eccn_status"] == "unknown"
    assert all(ask["controls"] == [] for key, ask in asks.items() if key != "export_control")


def test_its_evidence_is_linked_to_letter_and_asks(
    exported: dict[str, Any], seed: dict[str, Any]
) -> None:
    urls = {source["reference"]: source["url"] for source in exported["sources"]}
    of_letter = {urls[reference] for reference in seed["sources"]}
    hosts = {urlsplit(url).hostname for url in of_letter}
    assert len(of_letter) == 5
    assert hosts >= {"savetibet.org", "tradelawdaily.com", "www.thetibetpost.com"}
    for ask in asks_of(exported, seed).values():
        assert of_letter <= {urls[reference] for reference in ask["sources"]}


def test_a_name_in_chinese_is_kept_with_its_script(exported: dict[str, Any]) -> None:
    [bureau] = [
        target
        for target in exported["targets"]
        if target["name"] == "Tibet Autonomous Region Public Security Bureaus"
    ]
    assert {"text": "西藏自治区公安厅", "kind": "original", "script": "Hani"} in bureau["names"]


# ---- what follows from it


def flags(demo: Demonstration, day: str) -> list[dict[str, Any]]:
    with reading(demo.app):
        return [f.as_dict() for f in clocks.in_force(MACHINE, date.fromisoformat(day))]


def test_on_the_first_of_march_2024_its_asks_are_unacknowledged_and_silent_by_house_norm(
    demo: Demonstration, exported: dict[str, Any], seed: dict[str, Any]
) -> None:
    for key, ask in asks_of(exported, seed).items():
        own = [f for f in flags(demo, ON) if f["recommendation"] == ask["reference"]]
        assert {f["basis"] for f in own} == {"house"}
        found = sorted((f["cause"], f["agency"], f["flagged_on"]) for f in own)
        silent_since = SEED_ASKS[key][2]
        assert found == sorted(
            [("unacknowledged", agency, "2023-11-23") for agency in ASKED]
            + [("silent", agency, silent_since) for agency in ASKED]
        )


def test_the_command_says_the_same_of_that_day(demo: Demonstration) -> None:
    ran = demo.tracker("jobs", "run", "stale-sweep", "--at", ON, "--dry-run", "--json").json
    assert ran["in_force"] == flags(demo, ON)
    assert ran["newly_flagged"] == 0


def test_no_clock_in_law_runs_on_its_asks_and_a_sentence_says_why(
    exported: dict[str, Any], seed: dict[str, Any]
) -> None:
    for key, ask in asks_of(exported, seed).items():
        in_law = [clock for clock in ask["clocks"] if clock["basis"] in ("statute", "regulation")]
        kinds = {"section_1263d"} | ({"erc_vote"} if key == "entity_list" else set())
        assert {clock["kind"] for clock in in_law} == kinds
        for clock in in_law:
            assert (clock["state"], clock["due_on"], clock["flagged_on"]) == (
                "not_started",
                None,
                None,
            )
        [statute] = [clock for clock in in_law if clock["kind"] == "section_1263d"]
        assert "not addressed to the President" in statute["explanation"]
        assert "none of the four committees" in statute["explanation"]
        assert "22 U.S.C. 10102(d)" in statute["explanation"]


def test_three_statutory_flags_are_in_force_today(
    demo: Demonstration, exported: dict[str, Any]
) -> None:
    titles = {ask["reference"]: ask["title"] for ask in exported["recommendations"]}
    found = {
        f["due_on"]: titles[f["recommendation"]]
        for f in flags(demo, today().isoformat())
        if f["basis"] in ("statute", "regulation")
    }
    assert sorted(found) == ["2019-02-07", "2023-06-29", "2024-08-17"]
    assert "Khashoggi" in found["2019-02-07"]
    assert "Hikvision" in found["2023-06-29"]
    assert "Rapid Support Forces" in found["2024-08-17"]


def test_a_flag_of_the_law_begins_on_the_day_after_its_term(demo: Demonstration) -> None:
    for day, in_force in (("2019-02-07", False), ("2019-02-08", True)):
        found = [f for f in flags(demo, day) if f["basis"] == "statute"]
        assert bool(found) is in_force


def test_the_copies_of_audiences_are_in_step(demo: Demonstration) -> None:
    with reading(demo.app):
        assert db.session.scalar(select(Clock.id).limit(1))
        assert out_of_step() == []


def test_its_history_verifies(demo: Demonstration) -> None:
    with reading(demo.app):
        [verdict] = history.verify()
        assert verdict.problem is None
        assert verdict.length > 82


# ---- figures of what a reader sees


def viewer_in(demo: Demonstration, email: str) -> Viewer:
    with reading(demo.app):
        return accounts.viewer_for(email)


def seen_by(viewer: Viewer, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that a reader sees, by a rule of the test's own; nobody is named here."""
    return [
        row
        for row in rows
        if row["audience"] in ("coalition", "public")
        or (
            row["audience"] == "organisation"
            and viewer.edits
            and row["organisation_id"] == viewer.organisation_id
        )
    ]


def counted(rows: Rows, viewer: Viewer) -> dict[str, Any]:
    """The figures of `tracker stats`, counted from rows one by one."""
    asks = {row["id"]: row for row in seen_by(viewer, rows["recommendations"])}
    slugs = {row["id"]: row["slug"] for row in rows["agencies"]}
    hanging = {
        name: [row for row in rows[name] if row["recommendation_id"] in asks]
        for name in ("addressees", "clocks", "recommendation_places")
    }
    flagged = [
        row
        for row in hanging["clocks"]
        if row["state"] == "running" and row["flagged_on"] and not row["superseded_at"]
    ]
    by_agency: dict[str, dict[str, int]] = {}
    for row in hanging["addressees"]:
        if row["state"] == "not_sent":
            continue
        figures = by_agency.setdefault(
            slugs[row["agency_id"]], {"asked": 0, "acknowledged": 0, "answered": 0, "stale": 0}
        )
        figures["asked"] += 1
        figures["acknowledged"] += bool(row["acknowledged_on"])
        figures["answered"] += bool(row["answered_on"])
    for agency_id, _ask in {(r["agency_id"], r["recommendation_id"]) for r in flagged}:
        if agency_id is not None:
            by_agency[slugs[agency_id]]["stale"] += 1
    return {
        "recommendations": {
            "total": len(asks),
            "open": sum(row["status"] != "closed" for row in asks.values()),
            "stale": len({row["recommendation_id"] for row in flagged}),
            "acted_in_full": sum(row["result"] == "acted_in_full" for row in asks.values()),
            "acted_in_part": sum(row["result"] == "acted_in_part" for row in asks.values()),
        },
        "by_status": Counter(row["status"] for row in asks.values()),
        "by_instrument": Counter(row["instrument"] for row in asks.values()),
        "by_country": Counter(
            country
            for country, _ in {
                (row["country"], row["recommendation_id"])
                for row in hanging["recommendation_places"]
            }
        ),
        "by_year": Counter(str(row["submitted_on"] or "none")[:4] for row in asks.values()),
        "by_agency": by_agency,
        "stale_by_cause": Counter(
            cause for cause, _ in {(row["cause"], row["recommendation_id"]) for row in flagged}
        ),
    }


@pytest.mark.parametrize("email", ["partner@example.org", "staff@example.org"])
def test_statistics_are_what_their_reader_can_count(demo: Demonstration, email: str) -> None:
    found = demo.tracker("stats", "--as", email, "--json").json
    expected = counted(rows_of(demo.app), viewer_in(demo, email))
    assert {name: found[name] for name in expected} == expected


def test_a_partner_sees_less_than_the_staff(demo: Demonstration) -> None:
    totals = {
        email: demo.tracker("stats", "--as", email, "--json").json["recommendations"]["total"]
        for email in ("partner@example.org", "staff@example.org")
    }
    assert totals["staff@example.org"] == 82
    assert 0 < totals["partner@example.org"] < 82


# ---- loaded once, and nowhere else


def test_a_second_load_changes_nothing(demo: Demonstration) -> None:
    before = rows_of(demo.app)
    assert "loaded already" in demo.tracker.ok("demo", "--no-serve")
    after = rows_of(demo.app)
    runs = [rows.pop("job_runs") for rows in (before, after)]
    assert after == before
    assert len(runs[1]) == len(runs[0]) + 1


def test_its_people_can_log_in(demo: Demonstration) -> None:
    with reading(demo.app):
        for login in load.LOGINS:
            user = accounts.user_by_email(login.email)
            assert user is not None
            assert user.verify_and_update_password(login.password)
            assert (user.role, user.organisation.name) == (login.role, login.organisation)
            assert any(login.password in line for line in load.demo_login_lines())


def test_it_is_not_loaded_beside_another_organisation(app: Flask, folder: Any) -> None:
    with writing(app):
        make(Organisation, name="Somebody at work")
    before = rows_of(app)
    url = app.extensions["tracker.settings"].database_url
    ran = CommandLine(folder, {"TRACKER_DATABASE_URL": url})("demo", "--no-serve")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "holds an organisation already" in ran.err
    assert rows_of(app) == before


# ---- the file itself


def everywhere(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from everywhere(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from everywhere(inner)


def file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(load.FILE.read_text(encoding="utf-8"))
    return found


def test_the_file_names_only_known_bodies() -> None:
    known = {body.slug for body in reference.BODIES}
    named: set[str] = set()
    for key, value in everywhere(file()):
        if key in ("agency", "authority", "decided_by") and value is not None:
            named.add(value)
        elif key == "agencies":
            named |= set(value)
    assert named
    assert named - known == set()


def test_the_file_links_only_to_the_web() -> None:
    links = [value for key, value in everywhere(file()) if key == "url" and value]
    assert len(links) > 59
    wrong = [
        link
        for link in links
        if urlsplit(link).scheme not in ("http", "https")
        or not urlsplit(link).hostname
        or "." not in str(urlsplit(link).hostname)
        or " " in link
    ]
    assert wrong == []


def test_every_letter_of_the_file_rests_on_a_source_with_a_link() -> None:
    letters = file()["letters"]
    assert len(letters) == 59
    without = [
        letter["title"]
        for letter in letters
        if not any(source.get("url") for source in letter["sources"])
    ]
    assert without == []


def test_every_ask_of_the_file_has_a_known_instrument_and_a_target() -> None:
    asks = [ask for letter in file()["letters"] for ask in letter["asks"]]
    assert len(asks) == 82
    assert {ask["instrument"] for ask in asks} <= {str(key) for key in Instrument}
    assert [ask["title"] for ask in asks if not ask["targets"]] == []
