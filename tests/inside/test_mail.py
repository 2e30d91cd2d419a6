"""The outbox and a real mail server: nothing lost, nothing sent twice once it was acknowledged."""

import re
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread, active_count
from time import sleep
from typing import Any

import pytest
import time_machine
from flask import Flask, g
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from tests.inside.mail_server import Letterbox, listening
from tests.inside.samples import reading, writing
from tests.inside.test_nights import die, end_of, forked
from tests.support.factories import make
from tests.support.people import Person
from tracker.core.db import db
from tracker.core.errors import Refused, Unknown
from tracker.core.now import now, today
from tracker.jobs import runner
from tracker.jobs.models import JobRun, RunState
from tracker.notifications import delivery, digests, outbox, pruning, smtp
from tracker.notifications.models import Mail, MailKind, MailState


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _true_for_good(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """These mails tell of nothing that could be over; those that do are tried in test_notices."""
    monkeypatch.delitem(outbox._checks, MailKind.NOTICE, raising=False)


@pytest.fixture
def port(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of the mail server that is set; nobody need listen there."""
    found = free_port()
    settings = app.extensions["tracker.settings"]
    settings = replace(settings, smtp_url=f"smtp://127.0.0.1:{found}", mail_from="t@example.org")
    monkeypatch.setitem(app.extensions, "tracker.settings", settings)
    monkeypatch.setattr(smtp, "TIMEOUT", 1)
    monkeypatch.setattr(smtp, "ANSWER_TIMEOUT", 1)
    return found


@pytest.fixture
def box(port: int) -> Iterator[Letterbox]:
    """The server itself."""
    with listening(port) as found:
        yield found


def write(app: Flask, about: str = "something", **more: str) -> int:
    told = {"recipient": "reader@example.org", "subject": "A subject", "body": "Text བོད\n"}
    told |= {"host": "example.org", **more}
    with writing(app):
        mail = outbox.write(MailKind.NOTICE, about, **told)  # type: ignore[arg-type]
        return mail.id


def deliver(app: Flask) -> dict[str, int]:
    with app.app_context():
        outcome = runner.run_by_hand(delivery.JOB, today(), dry_run=False)
    return {name: outcome.figures[name] for name in ("sent", "failed", "dropped", "waiting")}


def state(app: Flask, mail_id: int) -> tuple[MailState, int, str]:
    with reading(app):
        mail = db.session.get_one(Mail, mail_id)
        return mail.state, mail.tries, mail.problem


def test_a_mail_goes_out_once(app: Flask, box: Letterbox) -> None:
    mail_id = write(app)
    assert deliver(app) == {"sent": 1, "failed": 0, "dropped": 0, "waiting": 0}
    assert deliver(app)["sent"] == 0
    [mail] = box.mails
    assert (mail["To"], mail["From"]) == ("reader@example.org", "Advocacy Tracker <t@example.org>")
    assert mail.get_content().strip() == "Text བོད"
    assert mail.get_content_type() == "text/plain"
    with reading(app):
        kept = db.session.get_one(Mail, mail_id)
        assert mail["Message-ID"] == kept.message_id
        assert kept.body == ""  # what was sent is the reader's


def test_what_is_taken_back_is_never_sent(app: Flask, box: Letterbox) -> None:
    told = {"recipient": "a@b.org", "subject": "", "body": "", "host": "example.org"}
    with app.app_context():
        g.writing = True
        outbox.write(MailKind.NOTICE, "something", **told)  # type: ignore[arg-type]
        db.session.rollback()
    assert deliver(app)["sent"] == 0


def test_without_a_server_mail_waits(app: Flask) -> None:
    mail_id = write(app)
    assert deliver(app) == {"sent": 0, "failed": 0, "dropped": 0, "waiting": 1}
    assert state(app, mail_id) == (MailState.WAITING, 0, "")


def test_a_server_that_is_away_is_asked_again_after_a_while_that_doubles(
    app: Flask, port: int
) -> None:
    mail_id = write(app)
    moment, waits = now(), []
    for _ in range(outbox.MOST_TRIES):
        with time_machine.travel(moment, tick=False):
            assert deliver(app)["failed"] == 1
            assert deliver(app)["failed"] == 0
            with reading(app):
                again = db.session.get_one(Mail, mail_id).next_try_at
        waits.append(again - moment)
        moment = again
    assert waits[:4] == [timedelta(minutes=n) for n in (1, 2, 4, 8)]
    assert max(waits) == outbox.LONGEST_WAIT
    assert state(app, mail_id)[:2] == (MailState.DEAD, outbox.MOST_TRIES)


def test_one_try_a_mail_so_that_a_bad_one_holds_up_no_other(app: Flask, box: Letterbox) -> None:
    bad = write(app, "a bad one", recipient="nobody\r\nBcc: all@example.org")
    write(app, "a good one")
    done = deliver(app)
    assert (done["sent"], done["failed"]) == (1, 1)
    assert state(app, bad)[0] is MailState.DEAD


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        ({"to_recipient": "550 No such user"}, MailState.DEAD),
        ({"to_recipient": "450 Come again"}, MailState.WAITING),
        ({"to_data": "554 Refused"}, MailState.DEAD),
        ({"to_data": "451 Later"}, MailState.WAITING),
        ({"hangs_for": 3}, MailState.WAITING),
        ({"hangs_up": True}, MailState.WAITING),
    ],
)
def test_a_server_that_refuses_hangs_or_hangs_up(
    app: Flask, box: Letterbox, does: dict[str, object], expected: MailState
) -> None:
    for name, value in does.items():
        setattr(box, name, value)
    mail_id = write(app)
    assert deliver(app)["failed"] == 1
    found, tries, problem = state(app, mail_id)
    assert (found, tries) == (expected, 1)
    assert problem
    box.__init__()  # type: ignore[misc]
    with time_machine.travel(now() + timedelta(minutes=2)):
        sent = deliver(app)["sent"]
    assert sent == (expected is MailState.WAITING)
    assert len(box.mails) == sent


def test_a_mail_that_was_acknowledged_goes_once_whatever_the_server_says_at_the_end(
    app: Flask, box: Letterbox
) -> None:
    box.to_goodbye = "421 Going down"
    mail_id = write(app)
    assert deliver(app)["sent"] == 1
    assert state(app, mail_id)[0] is MailState.SENT
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert deliver(app)["sent"] == 0
    assert len(box.mails) == 1


def test_a_server_that_says_a_byte_at_a_time_is_given_up(
    app: Flask, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "LIMIT", 0.5)
    mail_id, given_up = write(app), Event()

    def drip(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line:
            try:
                for _ in range(100):
                    line.sendall(b"2")
                    sleep(0.1)
            except OSError:
                given_up.set()

    with socket.create_server(("127.0.0.1", port)) as listener:
        server = Thread(target=drip, args=[listener])
        server.start()
        assert deliver(app)["failed"] == 1
        server.join()
    assert given_up.is_set()
    assert state(app, mail_id)[:2] == (MailState.WAITING, 1)


def test_a_mail_that_cannot_be_marked_at_once_is_marked_later_and_not_sent_again(
    app: Flask, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(delivery, "sleep", waited.append)
    really, mail_id = outbox.sent, write(app)

    def busy_at_first(key: int) -> None:
        if len(waited) < 2:
            raise OperationalError("UPDATE outbox", {}, Exception("database is locked"))
        really(key)

    monkeypatch.setattr(outbox, "sent", busy_at_first)
    assert deliver(app)["sent"] == 1
    assert waited == [1, 2]
    assert state(app, mail_id)[0] is MailState.SENT
    assert sum(delivery.WAITS) + smtp.LIMIT < outbox.LEASE.total_seconds()


def test_a_server_that_is_away_leaves_nothing_running(app: Flask, port: int) -> None:
    before = active_count()
    for number in range(5):
        write(app, f"thing {number}")
    assert deliver(app)["failed"] == 5
    assert active_count() == before


def test_a_mail_written_by_a_clock_that_was_ahead_goes_by_the_right_one(
    app: Flask, box: Letterbox
) -> None:
    with time_machine.travel(now() + timedelta(days=1)):
        write(app)
    assert deliver(app)["sent"] == 1


def test_what_the_server_has_against_our_own_address_is_the_operators_to_mend(
    app: Flask, box: Letterbox
) -> None:
    box.to_sender = "530 Authentication required"
    mail_id = write(app)
    assert deliver(app)["failed"] == 1
    assert state(app, mail_id)[0] is MailState.WAITING


def test_a_past_day_sends_nothing(app: Flask, box: Letterbox) -> None:
    mail_id = write(app)
    with app.app_context():
        runner.run_by_hand(delivery.JOB, today() - timedelta(days=1), dry_run=False)
    assert (box.mails, state(app, mail_id)[0]) == ([], MailState.WAITING)


def test_one_click_unsubscribing_survives_a_long_address() -> None:
    address = f"https://{'advocacy-tracker.' * 5}example.org/unsubscribe/{'a' * 90}"
    told = {"sender": "t@example.org", "recipient": "a@b.org", "subject": "S", "body": "B\n"}
    headers = {"List_Unsubscribe": f"<{address}>"}
    told |= {"subject": "Последние новости " * 8, "body": "Что изменилось\n" * 80}
    raw = smtp.message(**told, message_id="<1@example.org>", **headers).as_bytes()
    lines = [line for line in raw.splitlines() if b"List-Unsubscribe" not in line]
    assert max(map(len, lines)) <= 78
    assert f"List-Unsubscribe: <{address}>\r\n".encode() in raw


def test_a_process_that_died_with_a_mail_leaves_it_to_the_next(app: Flask, box: Letterbox) -> None:
    write(app)
    with writing(app):
        taken = outbox.take_one()
        assert taken is not None
        message_id = taken.message_id
    assert deliver(app)["sent"] == 0
    with time_machine.travel(now() + outbox.LEASE + timedelta(seconds=1)):
        assert deliver(app)["sent"] == 1
    assert [mail["Message-ID"] for mail in box.mails] == [message_id]


def empty(app: Flask) -> None:
    """What a process of the scheduler does with the outbox."""
    with app.app_context():
        delivery.deliver(today())


def test_of_four_processes_one_sends_each_mail(
    app: Flask, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT", 20)
    for number in range(12):
        write(app, f"thing {number}")
    with app.app_context():
        db.engine.dispose()
    racers = [forked(lambda: empty(app)) for _ in range(4)]
    assert [end_of(racer) for racer in racers] == [0] * 4
    assert len(box.mails) == len({mail["Message-ID"] for mail in box.mails}) == 12
    assert deliver(app)["waiting"] == 0


def test_what_a_process_that_was_killed_may_have_sent_goes_again_only_if_somebody_wants_it(
    app: Flask, box: Letterbox, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = write(app)
    killed(app, monkeypatch, "sent")
    assert len(box.mails) == 1  # the server has acknowledged it, and nobody could keep that
    for _ in range(2):
        with time_machine.travel(now() + outbox.LEASE + timedelta(seconds=1)):
            assert deliver(app)["sent"] == 0
    assert state(app, mail_id)[:2] == (MailState.DEAD, 1)
    assert "May have arrived" in admin.get("/admin/mail").text
    assert admin.post(f"/admin/mail/{mail_id}/retry").status_code == 303
    assert deliver(app)["sent"] == 1
    assert state(app, mail_id)[0] is MailState.SENT
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]  # mail programs show it once


@pytest.mark.parametrize("step", ["why_not", "handed_over"])
def test_what_a_process_that_was_killed_had_not_handed_over_is_sent_by_the_next(
    app: Flask, box: Letterbox, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    mail_id = write(app)
    killed(app, monkeypatch, step)
    assert box.mails == []
    with time_machine.travel(now() + outbox.LEASE + timedelta(seconds=1)):
        assert deliver(app)["sent"] == 1
    assert state(app, mail_id)[0] is MailState.SENT
    assert len(box.mails) == 1


def test_a_mail_that_could_not_be_marked_for_long_is_not_sent_again(
    app: Flask, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_key: int) -> None:
        raise OperationalError("UPDATE outbox", {}, Exception("database is locked"))

    mail_id = write(app)
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "sleep", lambda _: None)
        patch.setattr(outbox, "sent", never)
        with pytest.raises(OperationalError):
            empty(app)
    with time_machine.travel(now() + outbox.LEASE + timedelta(seconds=1)):
        assert deliver(app)["failed"] == 1
    assert (len(box.mails), state(app, mail_id)[0]) == (1, MailState.DEAD)


@pytest.mark.parametrize("answer", ["250", "451", "552"])
def test_an_answer_that_comes_when_the_mail_was_given_up_is_kept(app: Flask, answer: str) -> None:
    mail_id = write(app)
    with writing(app):
        assert outbox.take_one() is not None
        assert outbox.handed_over(mail_id, 1)
    with time_machine.travel(now() + outbox.LEASE + timedelta(seconds=1)):
        deliver(app)  # another process
    assert state(app, mail_id)[0] is MailState.DEAD
    with writing(app):
        if answer == "250":
            outbox.sent(mail_id)
        else:
            outbox.failed(mail_id, 1, f"{answer} No", for_good=answer == "552")
    now_is = {"250": MailState.SENT, "451": MailState.WAITING, "552": MailState.DEAD}[answer]
    assert state(app, mail_id)[0] is now_is
    assert outbox.UNANSWERED not in state(app, mail_id)[2]


def test_who_slept_until_another_had_the_mail_neither_sends_it_nor_takes_it_back(
    app: Flask, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id, really = write(app), smtp.send

    def sleep_first(*given: Any) -> None:
        monkeypatch.setattr(smtp, "send", really)
        with time_machine.travel(now() + outbox.LEASE + timedelta(seconds=1)):
            another = Thread(target=empty, args=[app])
            another.start()
            another.join()
        really(*given)

    monkeypatch.setattr(smtp, "send", sleep_first)
    deliver(app)
    assert (len(box.mails), state(app, mail_id)[0]) == (1, MailState.SENT)
    with writing(app):
        late = outbox.write(
            MailKind.NOTICE, "late", recipient="r@example.org", subject="S", body="B", host="h.org"
        ).id
    for leases in (2, 4):
        with writing(app), time_machine.travel(now() + outbox.LEASE * leases):
            assert outbox.take_one() is not None
    with writing(app):
        outbox.failed(late, 1, "The line broke", for_good=False)
    assert state(app, late)[:2] == (MailState.SENDING, 2)


def test_a_server_that_takes_long_to_answer_gets_the_mail_once(
    app: Flask, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "ANSWER_TIMEOUT", 20)
    box.hangs_for = 2  # longer than it may be silent otherwise
    mail_id = write(app)
    assert deliver(app)["sent"] == 1
    assert (len(box.mails), state(app, mail_id)[0]) == (1, MailState.SENT)


def killed(app: Flask, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A process that empties the outbox is killed when it comes to a step."""
    with app.app_context():
        db.engine.dispose()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, step, die)
        assert end_of(forked(lambda: empty(app))) == -signal.SIGKILL


def test_nobody_gets_two_mails_of_one_thing(app: Flask) -> None:
    write(app)
    with pytest.raises(Exception, match=r"(?i)unique"):
        write(app)


def test_a_subject_has_one_line(app: Flask, box: Letterbox) -> None:
    write(app, subject="One\r\nBcc: victim@example.org\r\ntwo")
    assert deliver(app)["sent"] == 1
    assert box.mails[0]["Subject"] == "One Bcc: victim@example.org two"
    assert box.recipients == ["reader@example.org"]


def test_what_is_not_true_any_more_is_dropped_with_the_reason(
    app: Flask, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox._checks, MailKind.NOTICE, lambda _mail: "It has been answered.")
    mail_id = write(app)
    assert deliver(app)["dropped"] == 1
    assert state(app, mail_id) == (MailState.DROPPED, 1, "It has been answered.")
    assert box.mails == []


def test_an_admin_tries_a_dead_mail_again(
    app: Flask, box: Letterbox, admin: Person, staff: Person
) -> None:
    box.to_recipient = "550 No such user"
    mail_id = write(app)
    deliver(app)
    page = admin.get("/admin/mail").text
    assert "550 No such user" in page
    assert "A subject" not in page
    box.to_recipient = ""
    assert staff.post(f"/admin/mail/{mail_id}/retry").status_code == 403
    assert admin.post(f"/admin/mail/{mail_id}/retry").status_code == 303
    assert admin.post(f"/admin/mail/{mail_id}/retry").status_code == 422
    assert deliver(app)["sent"] == 1
    with app.app_context(), pytest.raises(Unknown):
        outbox.retry(999_999, actor_id=None)


def test_admins_see_all_that_waits_a_page_at_a_time(app: Flask, admin: Person) -> None:
    for number in range(53):
        write(app, f"thing {number}", recipient=f"r{number:02}@example.org")
    following, seen = "/admin/mail", []
    for expected in (50, 3):
        page = admin.get(following).text
        assert re.search(r'<span class="count">53</span>', page)
        found = re.findall(r"r\d\d@example\.org", page)
        assert len(found) == expected
        seen += found
        after = re.search(r'rel="next" href="([^"]+)"', page)
        following = after[1] if after else ""
    assert not following
    assert seen == [f"r{number:02}@example.org" for number in reversed(range(53))]


def test_only_a_dead_mail_is_retried(app: Flask) -> None:
    mail_id = write(app)
    with app.app_context(), pytest.raises(Refused):
        outbox.retry(mail_id, actor_id=None)


def test_what_is_over_is_forgotten_and_the_rest_is_kept(app: Flask, box: Letterbox) -> None:
    old, waiting = write(app, "old"), None
    deliver(app)
    with app.app_context():
        runner.run_by_hand(digests.JOB, today(), dry_run=False)
    waiting = write(app, "waiting")
    with writing(app):
        db.session.execute(update(JobRun).values(state=RunState.SUCCEEDED))
        make(Mail, about="dead", state=MailState.DEAD)
    with time_machine.travel(now() + outbox.KEPT + timedelta(days=1)), app.app_context():
        figures = runner.run_by_hand(pruning.JOB, today(), dry_run=False).figures
    assert figures["mails"] == 1
    assert figures["runs"] == 2  # of each job that runs every few minutes
    with reading(app):
        left = set(db.session.scalars(select(Mail.id)))
    assert old not in left
    assert waiting in left
    assert len(left) == 2


def test_each_minute_has_one_run(app: Flask) -> None:
    with app.app_context(), time_machine.travel("2024-03-01T12:00:10+00:00", tick=False):
        assert runner.run_scheduled(delivery.JOB) is not None
        assert runner.run_scheduled(delivery.JOB) is None
    with app.app_context(), time_machine.travel("2024-03-01T12:01:05+00:00", tick=False):
        assert runner.run_scheduled(delivery.JOB) is not None
        assert runner.catch_up(delivery.JOB) is None
