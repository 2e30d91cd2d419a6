"""Notices: what happened reaches whom it concerns, once, as they chose, and nothing else does."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from tests.front.support import (
    CLOCK_OFFERED,
    Sitting,
    assert_problems,
    nothing_changes,
    record_ask,
    record_contact,
    record_draft,
    save,
    share,
)
from tests.inside.mail_server import Letterbox, listening
from tests.inside.samples import ask_of, reading, writing
from tests.inside.test_mail import free_port
from tests.inside.watching import watching
from tests.support.people import Person, arrive, log_in, words_of
from tracker.accounts.permissions import Role
from tracker.casework import actions
from tracker.casework.inputs import NextInput
from tracker.clocks.models import Clock, ClockKind, ClockRule
from tracker.core.dates import show_day
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.history import actions as history
from tracker.jobs import registry, runner
from tracker.notifications import collecting, delivery, digests, outbox, unsubscribing
from tracker.notifications.models import Notice, NoticeKind, NoticeMark
from tracker.recommendations.models import Recommendation

OFTEN = ("flag", "assigned", "next_action", "change")


@pytest.fixture
def box(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    """A mail server, and the instance set to it."""
    port = free_port()
    settings = replace(app.extensions["tracker.settings"], smtp_url=f"smtp://127.0.0.1:{port}")
    monkeypatch.setitem(app.extensions, "tracker.settings", settings)
    with listening(port) as found:
        yield found


def run(app: Flask, name: str) -> dict[str, Any]:
    job = registry.find(name)
    assert job is not None
    with app.app_context():
        return runner.run_by_hand(job, today(), dry_run=False).figures


def go_out(app: Flask, box: Letterbox) -> list[str]:
    """What the jobs of a few minutes send: the texts of the mails that came since."""
    before = len(box.mails)
    run(app, digests.JOB.name)
    run(app, delivery.JOB.name)
    return [f"{mail['Subject']}\n{mail.get_content()}" for mail in box.mails[before:]]


def choose(person: Person, often: str = "at_once", **more: str) -> None:
    words = {**dict.fromkeys(OFTEN, often), "time_zone": "UTC", **more}
    assert person.post("/account/notices", words).status_code == 303


def give(person: Person, ask: str, to: Person, **more: str) -> None:
    save(person, f"{ask}/next", {"assignee": str(to.viewer.user_id), **more})


def gone_stale(app: Flask, person: Person) -> str:
    """An ask that somebody has, who wants to be told at once, and that took a flag."""
    choose(person)
    ask = record_ask(person, {"sent_on": "2023-10-24"})
    give(person, ask, person)
    run(app, "stale-sweep")
    return ask


def test_an_ask_that_is_given_to_somebody_is_told_once_without_names(
    app: Flask, staff: Person, colleague: Person, box: Letterbox
) -> None:
    ask = record_ask(staff)
    give(staff, ask, colleague)
    [mail] = go_out(app, box)
    assert "1 assigned to you" in mail
    assert ask in mail
    for word in ("Wu Yingjie", "Sanction those", "Letter on forced", "Staff"):
        assert word not in mail
    assert box.recipients == [colleague.email]
    assert go_out(app, box) == []


def test_what_one_does_oneself_is_no_news(app: Flask, staff: Person, box: Letterbox) -> None:
    choose(staff)
    ask = record_ask(staff)
    staff.post(f"/watch/{ask.rpartition('/')[2]}")
    give(staff, ask, staff)
    record_contact(staff, ask, "acknowledgement", today().isoformat())
    assert go_out(app, box) == []


def test_a_flag_is_told_once_and_not_every_night(app: Flask, staff: Person, box: Letterbox) -> None:
    gone_stale(app, staff)
    [mail] = go_out(app, box)
    assert "gone stale" in mail
    assert "Acknowledgement (State), due 23 Nov 2023" in mail
    for day in (1, 2):
        with time_machine.travel(now() + timedelta(days=day)):
            run(app, "stale-sweep")
            assert go_out(app, box) == []


def test_what_was_told_once_is_not_told_again_when_its_mail_is_forgotten(
    app: Flask, staff: Person, box: Letterbox
) -> None:
    gone_stale(app, staff)
    assert len(go_out(app, box)) == 1
    with time_machine.travel(now() + outbox.KEPT + timedelta(days=1)):
        assert run(app, "prune")["mails"] == 1
        assert go_out(app, box) == []


def test_what_is_no_longer_true_is_dropped(
    app: Flask, staff: Person, colleague: Person, admin: Person, box: Letterbox
) -> None:
    ask = record_ask(staff)
    give(staff, ask, colleague)
    run(app, digests.JOB.name)
    give(staff, ask, staff)
    run(app, delivery.JOB.name)
    assert box.mails == []
    assert "is over, or not for its reader" in words_of(admin.get("/admin/mail"))


@pytest.mark.parametrize("ends", ["answered", "snoozed", "met"])
def test_a_flag_that_is_no_more_is_not_told(
    app: Flask, staff: Person, box: Letterbox, ends: str
) -> None:
    choose(staff)
    ask = record_ask(staff, {"sent_on": "2023-10-24"})
    give(staff, ask, staff)
    run(app, digests.JOB.name)
    offered = re.findall(CLOCK_OFFERED, staff.get(f"{ask}/clocks").text)
    assert offered
    if ends == "answered":
        day = today().isoformat()
        record_contact(staff, ask, "substantive", day, agencies=["state", "treasury"])
    else:
        later = today() + timedelta(days=9)
        act, until = ("snooze", later) if ends == "snoozed" else ("meet", today())
        for key in offered:
            typed = {"clocks": key, "act": act, "until": until.isoformat()}
            save(staff, f"{ask}/clocks/change", {**typed, "reason": "They called."})
    run(app, delivery.JOB.name)
    assert [mail["Subject"] for mail in box.mails] == []


def stale(app: Flask, staff: Person, moment: str, often: str = "at_once") -> str:
    """An ask of somebody's own that went stale at a moment."""
    staff.client = app.test_client()
    with time_machine.travel(moment):
        assert log_in(staff).status_code == 302
        choose(staff, often)
        ask = record_ask(staff, {"sent_on": "2023-10-24"})
        give(staff, ask, staff)
        run(app, "stale-sweep")
    return ask


def snooze(person: Person, ask: str, until: str) -> None:
    page = person.get(f"{ask}/clocks").text
    for key in re.findall(CLOCK_OFFERED, page):
        typed = {"clocks": key, "act": "snooze", "until": until, "reason": "They called."}
        save(person, f"{ask}/clocks/change", typed)


def reword(app: Flask, moment: str) -> None:
    """Have all clocks of silence computed anew, by a rule that says the same in other words."""
    with time_machine.travel(moment), writing(app):
        rules = select(ClockRule).where(ClockRule.kind == ClockKind.ACKNOWLEDGEMENT)
        for rule in db.session.scalars(rules):
            rule.sentence = f"In other words: {rule.sentence}"
        for clock in db.session.scalars(select(Clock).where(Clock.superseded_at.is_(None))):
            fresh = {
                column.name: getattr(clock, column.name)
                for column in Clock.__table__.columns
                if column.name not in ("id", "superseded_at")
            }
            clock.superseded_at = now()
            db.session.add(Clock(**fresh))


FRIDAY, SATURDAY = "2024-03-01T12:00:00+00:00", "2024-03-02T12:00:00+00:00"
MONDAY = "2024-03-04T07:01:00+00:00"


def test_a_flag_is_told_once_though_its_clock_is_computed_anew(
    app: Flask, staff: Person, box: Letterbox
) -> None:
    stale(app, staff, FRIDAY, "weekly")
    reword(app, SATURDAY)
    with time_machine.travel(MONDAY):
        [mail] = go_out(app, box)
        assert "gone stale" in mail
    reword(app, "2024-03-05T12:00:00+00:00")
    with time_machine.travel("2024-03-11T07:01:00+00:00"):
        run(app, "stale-sweep")
        assert go_out(app, box) == []


def test_a_flag_that_rests_is_told_when_it_wakes(app: Flask, staff: Person, box: Letterbox) -> None:
    ask = stale(app, staff, FRIDAY, "weekly")
    with time_machine.travel(SATURDAY):
        log_in(staff)
        snooze(staff, ask, "2024-03-20")
    for monday in ("2024-03-04", "2024-03-11", "2024-03-18"):
        with time_machine.travel(f"{monday}T07:01:00+00:00"):
            assert go_out(app, box) == []
    with time_machine.travel("2024-03-25T07:01:00+00:00"):
        [mail] = go_out(app, box)
        assert "gone stale" in mail


def test_a_flag_that_was_told_is_not_told_again_when_it_wakes(
    app: Flask, staff: Person, box: Letterbox
) -> None:
    ask = stale(app, staff, FRIDAY)
    with time_machine.travel(FRIDAY):
        assert len(go_out(app, box)) == 1
        snooze(staff, ask, "2024-03-02")
    with time_machine.travel("2024-03-03T12:00:00+00:00"):
        run(app, "stale-sweep")
        assert go_out(app, box) == []


def test_a_sweep_of_a_past_day_tells_nobody_and_the_next_night_does(
    app: Flask, staff: Person, box: Letterbox
) -> None:
    with time_machine.travel("2023-11-01T12:00:00+00:00"):
        staff.client = app.test_client()
        assert log_in(staff).status_code == 302
        choose(staff)
        ask = record_ask(staff, {"sent_on": "2023-10-24"})
        give(staff, ask, staff)
        assert go_out(app, box) == []
    job = registry.find("stale-sweep")
    assert job is not None
    with time_machine.travel(FRIDAY), app.app_context():
        go_out(app, box)
        past = runner.run_by_hand(job, today() - timedelta(days=7), dry_run=False)
        assert past.figures["newly_flagged"] > 0
        assert go_out(app, box) == []
    with time_machine.travel(SATURDAY):
        [mail] = go_out(app, box)
        assert "gone stale" in mail


def test_who_wants_no_more_gets_no_mail_that_was_written_before(
    app: Flask, staff: Person, colleague: Person, box: Letterbox
) -> None:
    give(staff, record_ask(staff), colleague)
    run(app, digests.JOB.name)
    choose(colleague, "never")
    run(app, delivery.JOB.name)
    assert box.mails == []


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Asia/Tokyo", "2024-03-05T21:59:00", "2024-03-05T22:01:00"),
        ("Australia/Sydney", "2024-03-05T19:59:00", "2024-03-05T20:01:00"),
        ("America/Los_Angeles", "2024-03-06T14:59:00", "2024-03-06T15:01:00"),
    ],
)
def test_a_next_action_is_told_in_the_morning_of_its_day_where_its_reader_is(
    app: Flask, staff: Person, box: Letterbox, zone: str, before: str, after: str
) -> None:
    with time_machine.travel("2024-03-01T12:00:00+00:00"):
        staff.client = app.test_client()
        assert log_in(staff).status_code == 302
        choose(staff, "daily", time_zone=zone)
        ask = record_draft(staff)
        give(staff, ask, staff, next_action="Call them", next_action_on="2024-03-06")
        go_out(app, box)
    for day in range(2, 6):
        with time_machine.travel(f"2024-03-{day:02}T00:05:00+00:00"):
            assert go_out(app, box) == []
    with time_machine.travel(f"{before}+00:00"):
        assert go_out(app, box) == []
    with time_machine.travel(f"{after}+00:00"):
        [mail] = go_out(app, box)
        assert "Next action due 6 Mar 2024" in mail


def test_a_next_action_that_is_moved_is_not_told(app: Flask, staff: Person, box: Letterbox) -> None:
    choose(staff, flag="never")
    ask = record_ask(staff)
    give(staff, ask, staff, next_action="Call them", next_action_on=today().isoformat())
    run(app, digests.JOB.name)
    later = (today() + timedelta(days=9)).isoformat()
    give(staff, ask, staff, next_action="Call them", next_action_on=later)
    run(app, delivery.JOB.name)
    assert box.mails == []


def test_who_watches_is_told_of_what_they_see_and_from_the_sharing_on(
    app: Flask, staff: Person, partner: Person, box: Letterbox
) -> None:
    ask = record_ask(staff)
    reference = ask.rpartition("/")[2]
    assert partner.get(f"/watch/{reference}").status_code == 404
    assert partner.post(f"/watch/{reference}").status_code == 404
    with time_machine.travel(now() + timedelta(minutes=1)):
        share(staff, ask)
    choose(partner)
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert partner.post(f"/watch/{reference}").status_code == 303
        assert reference in words_of(partner.get("/account/notices"))
        record_contact(staff, ask, "acknowledgement", today().isoformat())
        [mail] = go_out(app, box)
        assert "Contact recorded" in mail
        assert "Ask recorded" not in mail
        assert "Wu Yingjie" not in mail
    with time_machine.travel(now() + timedelta(minutes=3)):
        save(staff, f"{ask}/status", {"to": "acknowledged", "on": today().isoformat()})
        run(app, digests.JOB.name)
        share(staff, ask, "organisation")
        run(app, delivery.JOB.name)
        assert len(box.mails) == 1
        assert reference not in words_of(partner.get("/account/notices"))


def test_a_flag_that_rests_before_its_mail_goes_is_told_when_it_wakes(
    app: Flask, staff: Person, box: Letterbox
) -> None:
    ask = gone_stale(app, staff)
    run(app, digests.JOB.name)
    page = staff.get(f"{ask}/clocks").text
    offered = re.findall(CLOCK_OFFERED, page)
    rest = {"clocks": offered, "act": "snooze", "reason": "It is the holidays."}
    save(staff, f"{ask}/clocks/change", {**rest, "until": (today() + timedelta(9)).isoformat()})
    run(app, delivery.JOB.name)
    assert box.mails == []
    for days in (1, 8):
        with time_machine.travel(now() + timedelta(days)):
            assert go_out(app, box) == []
    with time_machine.travel(now() + timedelta(10)):
        [mail] = go_out(app, box)
        assert "gone stale" in mail


def test_a_flag_that_moves_to_another_day_is_told_once(
    app: Flask, staff: Person, admin: Person, box: Letterbox
) -> None:
    choose(staff)
    ask = record_ask(staff, {"sent_on": (today() - timedelta(120)).isoformat()})
    give(staff, ask, staff)
    [mail] = go_out(app, box)
    assert "Silence (State)" in mail
    norm = {"kind": "silence", "instrument": "global_magnitsky", "length": "80"}
    norm |= {"agency": "state", "sentence": "80 days.", "valid_from": "2023-01-01"}
    Sitting(admin, "/admin/clocks/new").type({**norm, "reason": "So."}).press("preview").save()
    assert go_out(app, box) == []


def test_what_an_organisation_plans_is_no_news_for_others(
    app: Flask, staff: Person, colleague: Person, partner: Person, box: Letterbox
) -> None:
    ask = record_ask(staff)
    share(staff, ask)
    for person in (colleague, partner):
        choose(person)
        person.post(f"/watch/{ask.rpartition('/')[2]}")
    give(staff, ask, staff, next_action="Call them", next_action_on=today().isoformat())
    go_out(app, box)
    assert box.recipients == [colleague.email]

    def told(person: Person) -> str:
        page = person.post("/account/feeds", {"label": "My phone", "days": "90"}).text
        [secret] = set(re.findall(r"/feeds/([A-Za-z0-9_-]{43})/", page))
        return app.test_client().get(f"/feeds/{secret}/changes.atom").text

    assert "Ask changed" in told(colleague)
    assert "Ask changed" not in told(partner)


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_change_waits_for_the_job_that_notes_the_same_flags(app: Flask, staff: Person) -> None:
    choose(staff)
    ask = record_ask(staff, {"sent_on": "2023-10-24"})
    give(staff, ask, staff)
    with reading(app):
        key = db.session.scalars(select(Recommendation.id)).one()

    def change() -> None:
        with writing(app):
            history.record("clock.recomputed", actor_id=None, records=[key])

    with writing(app):
        db.session.execute(delete(Notice))
        db.session.merge(NoticeMark(name=collecting.NEXT_ACTIONS, day=today() - timedelta(days=1)))
    with ThreadPoolExecutor(1) as pool:
        with writing(app):
            assert collecting.note_next_actions(today()) > 0
            other = pool.submit(change)
            with pytest.raises(TimeoutError):
                other.result(0.3)
        other.result(10)


def test_who_stops_watching_is_told_no_more(
    app: Flask, staff: Person, colleague: Person, box: Letterbox
) -> None:
    ask = record_ask(staff)
    reference = ask.rpartition("/")[2]
    choose(colleague)
    colleague.post(f"/watch/{reference}")
    assert "You watch" in words_of(colleague.get(f"/watch/{reference}"))
    colleague.post(f"/watch/{reference}/stop")
    record_contact(staff, ask, "acknowledgement", today().isoformat())
    assert go_out(app, box) == []


def test_what_is_to_be_told_is_written_with_the_change_or_not_at_all(
    app: Flask, staff: Person, colleague: Person
) -> None:
    ask = record_draft(staff)
    reference = ask.rpartition("/")[2]
    colleague.post(f"/watch/{reference}")
    wanted = NextInput(colleague.viewer.user_id, "Call them", None)

    def noted() -> list[tuple[int, NoticeKind]]:
        return sorted((row.user_id, row.kind) for row in db.session.scalars(select(Notice)))

    def give_it(*, and_fail: bool) -> None:
        with writing(app):
            found = ask_of(staff.viewer, reference)
            actions.set_next(staff.viewer, found, wanted, found.plan_version)
            if and_fail:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        give_it(and_fail=True)
    with app.app_context():
        assert noted() == []
    give_it(and_fail=False)
    kinds = (NoticeKind.ASSIGNED, NoticeKind.CHANGE)
    with app.app_context():
        assert noted() == [(colleague.viewer.user_id, kind) for kind in kinds]


def test_a_change_whose_notices_cannot_be_written_is_taken_back(
    app: Flask, staff: Person, colleague: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = record_ask(staff)
    colleague.post(f"/watch/{ask.rpartition('/')[2]}")

    def break_down(*_given: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(collecting, "insert_together", break_down)
    with nothing_changes(app):
        assert Sitting(staff, f"{ask}/edit").type({"title": "Another"}).send().status_code == 503


def test_titles_are_in_mail_where_their_organisation_wants_them(
    app: Flask, staff: Person, colleague: Person, admin: Person, box: Letterbox
) -> None:
    choose(colleague)
    ask = record_ask(staff, {"asks-0-title": "The wardens of a camp"})
    stranger = arrive(app, "far@example.org", Role.STAFF, "Island Group")
    choose(stranger)
    kept = record_ask(staff, {"asks-0-title": "What few may know"})
    share(staff, kept, "named", people=colleague.email)
    theirs = record_ask(stranger, {"asks-0-title": "An ask of others"})
    share(stranger, theirs)
    for path in (ask, kept, theirs):
        colleague.post(f"/watch/{path.rpartition('/')[2]}")
    button = f"/admin/organisations/{staff.viewer.organisation_id}/titles"
    assert button in admin.get("/admin/organisations").text
    for allow, seen in (("yes", True), ("no", False)):
        assert admin.post(button, {"allow": allow}).status_code == 303
        for person, path in ((staff, ask), (staff, kept), (stranger, theirs)):
            record_contact(person, path, "acknowledgement", today().isoformat())
        [mail] = go_out(app, box)
        assert all(path in mail for path in (ask, kept, theirs))
        assert ("The wardens of a camp" in mail) is seen
        assert ("not in mail" in mail) is not seen
        for word in ("What few may know", "An ask of others", "Wu Yingjie", "Call them"):
            assert word not in mail
        if allow == "yes":  # what names a target of its record goes without its title all the same
            save(staff, f"{ask}/edit", {"title": "What Mr Wu Yingjie’s wardens did"})
            [mail] = go_out(app, box)
            assert ask in mail
            assert "wardens" not in mail
            save(staff, f"{ask}/edit", {"title": "The wardens of a camp"})
            go_out(app, box)
    assert admin.post("/admin/organisations/999/titles", {"allow": "yes"}).status_code == 404
    assert staff.post(button, {"allow": "yes"}).status_code == 403


def test_a_digest_comes_in_the_morning_of_its_reader(
    app: Flask, staff: Person, colleague: Person, box: Letterbox, on_day: Callable[[str], None]
) -> None:
    with time_machine.travel("2024-03-05T12:00:00+00:00"):  # a Tuesday
        for person in (staff, colleague):
            person.client = app.test_client()
            assert log_in(person).status_code == 302
        choose(colleague, "daily", time_zone="Asia/Tokyo")
        go_out(app, box)
        give(staff, record_ask(staff), colleague)
        give(staff, record_ask(staff), colleague)
        assert go_out(app, box) == []
    with time_machine.travel("2024-03-05T21:55:00+00:00"):
        assert go_out(app, box) == []
    with time_machine.travel("2024-03-05T22:01:00+00:00"):  # seven in Tokyo
        [mail] = go_out(app, box)
        assert "2 assigned to you" in mail
        assert go_out(app, box) == []


def test_a_weekly_digest_comes_on_monday(
    app: Flask, staff: Person, colleague: Person, box: Letterbox
) -> None:
    with time_machine.travel("2024-03-05T12:00:00+00:00"):
        for person in (staff, colleague):
            person.client = app.test_client()
            assert log_in(person).status_code == 302
        choose(colleague, "weekly")
        go_out(app, box)
        give(staff, record_ask(staff), colleague)
    for moment in ("2024-03-06T08:00:00", "2024-03-10T23:00:00", "2024-03-11T06:50:00"):
        with time_machine.travel(f"{moment}+00:00"):
            assert go_out(app, box) == []
    with time_machine.travel("2024-03-11T07:01:00+00:00"):
        assert len(go_out(app, box)) == 1


def test_the_day_of_a_next_action_is_told_once(app: Flask, staff: Person, box: Letterbox) -> None:
    choose(staff, flag="never")
    ask = record_ask(staff)
    day = today() + timedelta(days=2)
    give(staff, ask, staff, next_action="Call them", next_action_on=day.isoformat())
    assert go_out(app, box) == []
    with time_machine.travel(now() + timedelta(days=2)):
        [mail] = go_out(app, box)
        assert f"Next action due {show_day(day)}" in mail
        assert "Call them" not in mail
        assert go_out(app, box) == []


def test_the_days_of_next_actions_are_told_after_weeks_without_a_scheduler(
    app: Flask, staff: Person, box: Letterbox
) -> None:
    choose(staff, flag="never")
    ask, other = record_ask(staff), record_draft(staff)
    day = today() + timedelta(days=2)
    give(staff, ask, staff, next_action="Call them", next_action_on=day.isoformat())
    assert go_out(app, box) == []
    with time_machine.travel(now() + timedelta(days=40)):
        log_in(staff)
        long_ago = (today() - timedelta(days=30)).isoformat()
        [mail] = go_out(app, box)
        assert f"Next action due {show_day(day)}" in mail
        give(staff, other, staff, next_action="Late", next_action_on=long_ago)
        assert go_out(app, box) == []  # whoever set it knows


def test_who_wants_nothing_gets_nothing(
    app: Flask, staff: Person, colleague: Person, box: Letterbox
) -> None:
    choose(colleague, "never")
    give(staff, record_ask(staff), colleague)
    assert go_out(app, box) == []


def test_a_closed_account_gets_nothing(
    app: Flask, staff: Person, colleague: Person, admin: Person, box: Letterbox
) -> None:
    give(staff, record_ask(staff), colleague)
    run(app, digests.JOB.name)
    admin.post(f"/admin/users/{colleague.viewer.user_id}/close")
    run(app, delivery.JOB.name)
    assert box.mails == []


def test_a_mail_program_unsubscribes_its_reader_by_one_request(
    app: Flask, staff: Person, colleague: Person, box: Letterbox
) -> None:
    give(staff, record_ask(staff), colleague)
    go_out(app, box)
    mail = box.mails[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [path] = re.findall(r"<https?://[^/]+(/unsubscribe/[^>]+)>", mail["List-Unsubscribe"])
    stranger = app.test_client()
    assert "Stop all notices?" in stranger.get(path).text
    assert stranger.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    give(staff, record_ask(staff), colleague)
    assert go_out(app, box) == []
    with nothing_changes(app):
        for forged in ("x", "MQ.x", unsubscribing.sign(1, "another key"), "%00"):
            assert stranger.post(f"/unsubscribe/{forged}").status_code in (400, 404)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone of the list."),
        ({"flag": "hourly"}, "Choose one from the list."),
        ({"change": "x"}, "Choose one from the list."),
    ],
)
def test_a_choice_that_there_is_not_is_told_at_its_field(
    app: Flask, staff: Person, sent: dict[str, str], said: str
) -> None:
    words = {**dict.fromkeys(OFTEN, "daily"), "time_zone": "UTC", **sent}
    with nothing_changes(app):
        page = staff.post("/account/notices", words)
    assert_problems(page, dict.fromkeys(sent, said))


def test_a_past_day_sends_no_notice(app: Flask, staff: Person, colleague: Person) -> None:
    give(staff, record_ask(staff), colleague)
    job = registry.find(digests.JOB.name)
    assert job is not None
    with app.app_context():
        figures = runner.run_by_hand(job, today() - timedelta(days=1), dry_run=False).figures
    assert figures["noted"] == figures["written"] == 0


def test_a_mail_of_many_notices_takes_as_many_statements_as_one_of_few(
    app: Flask, staff: Person, colleague: Person, box: Letterbox
) -> None:
    choose(colleague)
    taken = []
    for number in (1, 6):
        for _ in range(number):
            ask = record_ask(staff)
            colleague.post(f"/watch/{ask.rpartition('/')[2]}")
            give(staff, ask, colleague)
        run(app, digests.JOB.name)
        with watching(app) as seen:
            run(app, delivery.JOB.name)
        taken.append(seen.count)
    assert len(box.mails) == 2
    assert taken[0] == taken[1]
