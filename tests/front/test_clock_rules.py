"""Clock rules: versions and no edits, the effect before the change, and the clocks that follow."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.front.support import (
    Sitting,
    assert_problems,
    entries,
    links,
    nothing_changes,
    record_ask,
    record_contact,
    row_of,
    rows,
    save,
    section,
    share,
    travel,
)
from tests.inside.samples import reading
from tests.support.people import Person, words_of
from tracker.clocks.models import Clock, ClockKind, ClockRule, ClockState
from tracker.clocks.recomputing import follow_holidays
from tracker.core.db import db, transaction
from tracker.history.models import HistoryEvent
from tracker.recommendations.instruments import Instrument

NOW = "2024-03-01"
MAGNITSKY = "Silence Global Magnitsky"


@pytest.fixture
def ask(staff: Person, admin: Person, on_day: Callable[[str], None]) -> str:
    """An ask of State of 23 October 2023, on 1 March 2024: unacknowledged and silent."""
    travel(on_day, NOW, staff)
    travel(on_day, NOW, admin)
    return record_ask(staff)


def _rule(kind: ClockKind, instrument: Instrument | None = None) -> str:
    """The address of a rule that came with the program."""
    found = db.session.scalars(
        select(ClockRule.id).where(
            ClockRule.kind == kind,
            ClockRule.instrument == instrument,
            ClockRule.jurisdiction == "",
            ClockRule.recorded_at.is_(None),
        )
    ).one()
    return f"/admin/clocks/{found}"


@pytest.fixture
def silence(app: Flask) -> str:
    with reading(app):
        return _rule(ClockKind.SILENCE, Instrument.GLOBAL_MAGNITSKY)


def _version(length: str, since: str = "2023-01-01", **more: str) -> dict[str, str]:
    said = {"length": length, "sentence": f"Silence after {length} days."}
    return {**said, "valid_from": since, "reason": "We agreed on it.", **more}


NEW = {
    "kind": "silence",
    "agency": "state",
    "length": "200",
    "sentence": "State is given 200 days.",
    "valid_from": "2023-01-01",
    "reason": "It has a backlog.",
}


def test_the_rules_are_listed_with_what_they_rest_on(admin: Person) -> None:
    page = admin.get("/admin/clocks")
    law = row_of(page, "rules", "Section 1263(d)")
    assert law["Gives"] == "120 calendar days"
    assert law["Warns"] == "day 90"
    assert law["Basis"].startswith("§ Statute 22 U.S.C. 10102(d)")
    found = rows(page, "rules")
    assert len(found) == 19
    assert {"European Union", "United Kingdom"} < {row["Of"] for row in found}


def test_a_change_shows_its_effect_and_is_kept_once_it_was_seen(
    admin: Person, staff: Person, ask: str, silence: str
) -> None:
    form = Sitting(admin, f"{silence}/version").type(_version("150"))
    with nothing_changes(admin.app):
        form.press("preview")
        assert "due day moves: 1. Flags that appear: 0. Flags that go: 1." in words_of(form.page)
        assert "<title>Preview: New version of a rule" in form.page.text
        assert 'role="status" tabindex="-1" autofocus><h2>What this changes' in form.page.text
        assert row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")["State"].startswith(
            "Silent"
        )
    page = admin.get(form.save())
    newest, first = rows(page, "versions")
    assert (newest[""], newest["Gives"]) == ("1 Jan 2023 on", "150 calendar days")
    assert "by Admin Why: We agreed on it." in newest["Entered"]
    assert (first[""], first["Gives"]) == ("1 Jan 2000 to 31 Dec 2022", "90 calendar days")
    said = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")
    assert said["State"].startswith("Running")
    assert "150 calendar days give 21 Mar 2024." in said["Arithmetic"]
    assert "(from 1 Jan 2000 to 31 Dec 2022): no longer in force on that day" in said["Arithmetic"]
    told = entries(staff.get(f"{ask}/history"))[0]
    assert "Clocks computed anew Somebody" in told or "Clocks computed anew Admin" in told
    assert "silence for global magnitsky, 150 calendar days" in told


def test_asks_that_the_admin_cannot_see_follow_uncounted(
    admin: Person, staff: Person, ask: str, silence: str
) -> None:
    share(staff, ask, "named")
    form = Sitting(admin, f"{silence}/version").type(_version("150")).press("preview")
    nothing = (
        "moves: 0. Flags that appear: 0. Flags that go: 0. Asks whose clocks are computed anew: 0."
    )
    assert nothing in words_of(form.page)
    form.save()
    said = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")
    assert said["State"].startswith("Running")


def test_what_was_not_seen_is_not_kept(admin: Person, ask: str, silence: str) -> None:
    with nothing_changes(admin.app):
        form = Sitting(admin, f"{silence}/version").type(_version("150"))
        answer = form.send_once()
        assert answer.status_code == 422
        assert "Flags that go: 1." in words_of(answer)
        form.press("preview").type({"length": "40", "sentence": "40 days."})
        again = form.send_once()
        assert again.status_code == 422
        assert "due day moves: 1." in words_of(again)


def test_a_shorter_norm_raises_flags_at_once(
    admin: Person, staff: Person, on_day: Callable[[str], None], silence: str
) -> None:
    for person in (staff, admin):
        travel(on_day, "2023-12-20", person)
    ask = record_ask(staff)
    form = Sitting(admin, f"{silence}/version").type(_version("30")).press("preview")
    assert "Flags that appear: 1." in words_of(form.page)
    form.save()
    page = staff.get(f"{ask}/clocks")
    assert row_of(page, "clocks-1", "Silence")["State"].startswith("Silent 28 days late")


def test_a_version_from_a_later_day_leaves_what_began_before_it(
    admin: Person, staff: Person, ask: str, silence: str
) -> None:
    form = Sitting(admin, f"{silence}/version").type(_version("10", "2023-10-24"))
    assert "due day moves: 0." in words_of(form.press("preview").page)
    form.save()
    said = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")
    assert "90 calendar days give 21 Jan 2024." in said["Arithmetic"]
    assert "not yet in force on that day" in said["Arithmetic"]


def test_a_norm_that_ended_can_be_had_again(admin: Person) -> None:
    def add(since: str) -> Sitting:
        return Sitting(admin, "/admin/clocks/new").type({**NEW, "valid_from": since})

    rule = add("2023-01-01").press("preview").save()
    end = {"last_day": "2023-12-31", "reason": "It is over."}
    Sitting(admin, f"{rule}/end").type(end).press("preview").save()
    again = add("2023-12-31").send_once()
    assert_problems(again, {"kind": "There is a rule for this already"})
    add("2024-02-01").press("preview").save()


def test_a_norm_ends_though_the_wider_one_has_a_later_version(
    app: Flask, admin: Person, silence: str
) -> None:
    narrow = {**NEW, "instrument": "global_magnitsky"}
    rule = Sitting(admin, "/admin/clocks/new").type(narrow).press("preview").save()
    Sitting(admin, f"{silence}/version").type(_version("150", "2023-06-01")).press("preview").save()
    end = {"last_day": "2023-03-31", "reason": "It is over."}  # before the later version begins
    Sitting(admin, f"{rule}/end").type(end).press("preview").save()


def test_what_has_ended_keeps_the_rule_under_which_it_ended(
    admin: Person, staff: Person, ask: str, silence: str
) -> None:
    record_contact(staff, ask, "substantive", "2024-02-20")
    before = row_of(staff.get(f"{ask}/clocks"), "clocks-3", "Silence")["Arithmetic"]
    Sitting(admin, f"{silence}/version").type(_version("150")).press("preview").save()
    record_contact(staff, ask, "follow_up", "2024-02-25")
    kept = [row for row in rows(staff.get(f"{ask}/clocks"), "clocks-3") if row[""][:3] == "Sil"]
    start = before.partition(" Rule:")[0]
    assert start in [row["Arithmetic"].partition(" Rule:")[0] for row in kept]


def test_a_norm_of_a_body_outweighs_that_of_the_instrument_until_it_ends(
    admin: Person, staff: Person, ask: str
) -> None:
    rule = Sitting(admin, "/admin/clocks/new").type(NEW).press("preview").save()
    assert row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")["State"][:7] == "Running"
    form = Sitting(admin, f"{rule}/end").type({"last_day": "2023-10-01", "reason": "It is over."})
    assert "Flags that appear: 1." in words_of(form.press("preview").page)
    page = admin.get(form.save())
    assert "Ended on 1 Oct 2023" in words_of(page)
    assert row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")["State"][:6] == "Silent"
    assert "State" in section(admin.get("/admin/clocks"), "ended")


def test_a_norm_for_a_status_holds_for_what_begins_in_it(
    admin: Person, staff: Person, ask: str
) -> None:
    said = {"length": "60", "sentence": "Under review, 60 days.", "agency": ""}
    only = {"instrument": "global_magnitsky", "status": "under_review"}
    Sitting(admin, "/admin/clocks/new").type({**NEW, **said, **only}).press("preview").save()
    assert "status under review" in words_of(admin.get("/admin/clocks"))

    def silence() -> dict[str, str]:
        return row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")

    assert "90 days" in silence()["Arithmetic"]  # it began when the ask was submitted
    review = {"to": "under_review", "on": "2023-11-20", "source_url": "https://a.gov/review"}
    save(staff, f"{ask}/status", review)
    assert "90 days" in silence()["Arithmetic"]
    record_contact(staff, ask, "follow_up", "2023-12-01")
    assert "60 days" in silence()["Arithmetic"]
    assert "Under review, 60 days." in silence()["Arithmetic"]


def test_of_a_law_only_the_day_of_warning_is_asked(admin: Person, app: Flask) -> None:
    with reading(app):
        law = _rule(ClockKind.SECTION_1263D, Instrument.GLOBAL_MAGNITSKY)
    form = Sitting(admin, f"{law}/version")
    assert form.fields.keys() == {"csrf_token", "shown", "warn_day", "valid_from", "reason"}
    forged = {"length": "90", "citation": "Ours", "warn_day": "60", "valid_from": NOW}
    form.type({**forged, "reason": "Earlier."}).press("preview")
    assert form.send_once().status_code == 422  # without what was forged it is shown anew
    page = admin.get(form.save())
    newest = rows(page, "versions")[0]
    assert (newest["Gives"], newest["Warns"]) == ("120 calendar days", "day 60")
    assert f"{law}/end" not in links(page)
    answer = Sitting(admin, f"{law}/end").type({"reason": "No."}).send_once()
    assert_problems(answer, {"last_day": "The law is not ended here."})


BAD: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"length": "0", "sentence": "0 days"}, {"length": "from 1 to 3,650"}),
    ({"length": "10000", "sentence": "10,000 days"}, {"length": "from 1 to 3,650"}),
    ({"length": "-5", "sentence": "0 days"}, {"length": "Write a whole number"}),
    ({"length": "", "sentence": "0 days"}, {"length": "from 1 to 3,650"}),
    ({"unit": "months"}, {"unit": "counted in days"}),
    ({"lead_days": "5"}, {"lead_days": "Only the age of evidence"}),
    ({"warn_day": "200"}, {"warn_day": "before its last"}),
    ({"valid_from": "2024-03-02"}, {"valid_from": "today at the latest"}),
    ({"valid_from": "1999-12-31"}, {"valid_from": "from 2000 on"}),
    ({"valid_from": ""}, {"valid_from": "today at the latest"}),
    ({"reason": ""}, {"reason": "Say in a sentence why"}),
    ({"sentence": "State is given 20 days."}, {"sentence": "Name the number in it too: 200."}),
    ({"sentence": ""}, {"sentence": "Say the rule in a sentence"}),
    ({"citation_url": "memo"}, {"citation_url": "Write a web address"}),
    ({"kind": "section_1263d", "agency": ""}, {"kind": "Choose one from the list."}),
    ({"kind": "drafting"}, {"agency": "cover nothing"}),
    ({"kind": "evidence", "unit": "months"}, {"agency": "nothing", "length": "from 1 to 120"}),
    ({"kind": "answer", "channel": "portal"}, {"channel": "cover nothing"}),
    (
        {"kind": "drafting", "agency": "", "status": "submitted"},
        {"kind": "make", "status": "nothing"},
    ),
    (
        {"kind": "evidence", "agency": "", "unit": "months", "length": "1", "lead_days": "365"},
        {"lead_days": "before the conduct itself", "kind": "make a new version of it"},
    ),
    ({"status": "draft"}, {"status": "Choose one from the list."}),
    ({"jurisdiction": "GB"}, {"jurisdiction": "State is a body of US"}),
    (
        {"agency": "", "jurisdiction": "EU", "unit": "business_days"},
        {"kind": "make a new version of it", "unit": "No calendar"},
    ),
    (
        {"agency": "", "jurisdiction": "EU", "kind": "answer", "unit": "business_days"},
        {"unit": "No calendar of public holidays of EU is known"},
    ),
    (
        {"agency": "", "kind": "vetting", "unit": "business_days"},
        {"kind": "make a new version of it", "unit": "no body whose"},
    ),
    ({"agency": "", "kind": "answer"}, {"kind": "make a new version of it"}),
]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_contradicts_or_covers_nothing_is_said_at_its_field(
    admin: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, NOW, admin)
    with nothing_changes(admin.app):
        for typed, wanted in BAD:
            answer = Sitting(admin, "/admin/clocks/new").type({**NEW, **typed}).send_once()
            assert_problems(answer, wanted)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_version_is_later_than_the_one_before_and_says_something_else(
    admin: Person, ask: str, silence: str
) -> None:
    with nothing_changes(admin.app):
        for typed, wanted in (
            (_version("60", "2000-01-01"), {"valid_from": "after 1 Jan 2000"}),
            (
                _version(
                    "90",
                    sentence="Global Magnitsky asks: 90 days without substantive "
                    "contact are silence.",
                ),
                {"length": "This is what it says already."},
            ),
            (_version("0"), {"length": "from 1 to 3,650"}),
        ):
            answer = Sitting(admin, f"{silence}/version").type(typed).send_once()
            assert_problems(answer, wanted)
        general = admin.get("/admin/clocks")
        whole = next(
            link
            for link in links(general)
            if link.startswith("/admin/clocks/")
            and "Acknowledgement: everything" in words_of(admin.get(link))
        )
        answer = Sitting(admin, f"{whole}/end").type({"reason": "No."}).send_once()
        assert_problems(answer, {"last_day": "Nothing else covers what it is for."})


def test_a_holiday_that_is_declared_moves_what_counts_business_days(
    admin: Person, staff: Person, ask: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = {**NEW, "unit": "business_days", "length": "120", "sentence": "120 business days."}
    Sitting(admin, "/admin/clocks/new").type(typed).press("preview").save()
    said = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")["Arithmetic"]
    assert "Holidays skipped 10 Nov 2023, Veterans Day (observed)" in said
    from tracker.clocks import calendars

    extra = dict.fromkeys(["2024-02-05"], "A day of mourning")
    monkeypatch.setattr(calendars, "_calendar", _with(calendars._calendar, extra))
    with app.app_context(), transaction():
        effect = follow_holidays()
    assert effect is not None
    assert (effect.asks, effect.moved) == (1, 1)
    said = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")["Arithmetic"]
    assert "5 Feb 2024, A day of mourning" in said
    told = entries(staff.get(f"{ask}/history"))[0]
    assert "Clocks computed anew the program itself" in told
    assert "The calendar of public holidays has changed." in told
    with reading(app):
        count = select(HistoryEvent.id).where(HistoryEvent.name == "clock.recomputed")
        before = len(db.session.scalars(count).all())
    with app.app_context(), transaction():
        assert follow_holidays() is not None
    with reading(app):
        assert len(db.session.scalars(count).all()) == before
        running = select(Clock).where(Clock.state == ClockState.RUNNING)
        assert db.session.scalars(running).first() is not None


def _with(calendar: Callable[[str], Any], extra: dict[str, str]) -> Callable[[str], Any]:
    def added(jurisdiction: str) -> Any:
        found = calendar(jurisdiction).copy()
        found.update(extra)
        return found

    return added
