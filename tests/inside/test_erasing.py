"""Forgetting a person or a target: nothing names them any more, and the chain still verifies."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import String, Text, select, text

from tests.front.support import links, record_ask, record_contact, save, send, share, where
from tests.inside.samples import reading, writing
from tests.support import databases
from tests.support.factories import make
from tests.support.people import Person, add_person, words_of
from tracker.accounts import queries, tokens
from tracker.accounts.models import TokenScope, User
from tracker.accounts.permissions import Role
from tracker.admin import erasing
from tracker.casework.models import BulkRow
from tracker.cli.erasing import erase
from tracker.core.db import Base, db
from tracker.core.errors import Refused, Unknown
from tracker.core.now import today
from tracker.history import queries as history
from tracker.history.models import HistoryPayload
from tracker.notifications.models import Mail, MailKind, MailState
from tracker.recommendations.models import Recommendation, Result
from tracker.targets.models import Target, TargetIdentifier

NAME = "Quokka Wallaby-Bandicoot"


def everywhere(app: Flask) -> str:
    """Every text that the database holds."""
    with reading(app):
        found = []
        for table in Base.metadata.sorted_tables:
            texts = [c for c in table.columns if isinstance(c.type, String | Text)]
            if texts:
                for row in db.session.execute(select(*texts)):
                    found += [str(value) for value in row if value]
        if databases.kind_of(app) == "sqlite":  # the index of search keeps its words by itself
            blocks = db.session.execute(text("SELECT block FROM search_index_data"))
            found += [row[0].decode("utf-8", "replace") for row in blocks]
        return "\n".join(found).lower()


def test_a_person_is_forgotten_and_what_they_recorded_stays(
    app: Flask, staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    record_contact(staff, ask, "acknowledgement", today().isoformat())
    staff.post(f"/watch/{ask.rpartition('/')[2]}")
    with writing(app):
        user = queries.user_by_email(staff.email)
        assert user is not None
        user.name = NAME
        tokens.make(user, "Phone", TokenScope.FEED, "30")
    with reading(app):
        before = erasing.preview_person(staff.email).deleted
    assert before["log-ins"] == before["feed addresses and tokens"] == before["watches"] == 1
    assert before["mails"] == 0
    assert staff.email in everywhere(app)
    with writing(app):
        erasing.erase_person(staff.email)
    said = everywhere(app)
    assert staff.email not in said
    assert NAME.lower() not in said
    assert staff.get("/recommendations").status_code == 302
    page = words_of(colleague.get(f"{ask}/history"))
    assert "Erased" in page
    assert "Ask recorded" in page
    with reading(app):
        assert [verdict.problem for verdict in history.verify()] == [None] * len(history.verify())


def test_a_target_is_forgotten_and_its_asks_stay(app: Flask, staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-targets-0-name": NAME})
    with reading(app):
        target = db.session.scalars(select(Target)).one()
        reference = target.reference
        preview = erasing.preview_target(reference)
    assert preview.deleted["texts of the history"] > 0
    with writing(app):
        erasing.erase_target(reference)
    assert NAME.lower() not in everywhere(app)
    for word in ("quokka", "bandicoot"):
        assert word not in everywhere(app)
    assert "Erased" in words_of(staff.get(ask))
    assert reference not in words_of(staff.get("/search?q=quokka"))
    with reading(app):
        assert all(verdict.problem is None for verdict in history.verify())


def test_a_target_is_forgotten_with_those_that_were_merged_into_it(
    app: Flask, staff: Person
) -> None:
    def recorded(person: Person, name: str) -> str:
        typed = {"name": name, "kind": "person", "other_names": f"{name} the Younger"}
        return where(send(person, "/targets/new", typed))

    upper, double = recorded(staff, f"{NAME} One"), recorded(staff, f"{NAME} Two")
    reference = upper.rpartition("/")[2]
    typed = {"name": reference, "reason": "One and the same."}
    assert where(send(staff, f"{double}/merge", typed)) == upper
    with reading(app):
        preview = erasing.preview_target(reference)
    assert preview.deleted["targets"] == 2
    assert preview.deleted["names"] == 4
    assert preview.named_in == []
    with writing(app):
        erasing.erase_target(reference)
    assert "quokka" not in everywhere(app)
    assert words_of(staff.get(double)).count("Erased") > 0


def test_what_other_records_say_of_it_is_told_and_their_history_forgets(
    app: Flask, staff: Person
) -> None:
    ask = record_ask(staff, {"asks-0-targets-0-name": NAME, "asks-0-title": f"Sanction {NAME}"})
    save(staff, f"{ask}/edit", {"title": "Sanction them"})
    with reading(app):
        reference = db.session.scalars(select(Target)).one().reference
    cited = {"kind": "other_action", "authority": "state", "citation": f"Notice on {NAME}"}
    save(staff, f"{ask}/outcomes/new", cited)
    view = {"name": "What we ask", "query": "", "is_shared": ""}
    where(send(staff, "/recommendations/views/new?q=Quokka+Wallaby-Bandicoot", view))
    with reading(app):
        assert erasing.preview_target(reference).named_in == ["outcome citations", "saved views"]
    with writing(app):
        erasing.erase_target(reference)
    said = words_of(staff.get(f"{ask}/history"))
    assert "Ask changed" in said
    assert NAME not in said
    with reading(app):
        assert not [
            body for body in db.session.scalars(select(HistoryPayload.body)) if NAME in body
        ]
        assert all(verdict.problem is None for verdict in history.verify())


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_is_erased_by_the_command_is_not_in_the_file_any_more(
    app: Flask, staff: Person
) -> None:
    def in_the_files() -> bool:
        path = Path(app.extensions["tracker.settings"].database_url.removeprefix("sqlite:///"))
        files = [each for each in path.parent.glob(f"{path.name}*") if each.is_file()]
        # by a process of its own: whoever closes such a file drops the locks that his own has on it
        return subprocess.run(["grep", "-qF", NAME, *files]).returncode == 0

    record_ask(staff, {"asks-0-targets-0-name": NAME})
    with reading(app):
        reference = db.session.scalars(select(Target)).one().reference
    assert in_the_files()
    done = app.test_cli_runner().invoke(erase, ["target", reference, "--yes"])
    assert done.output.endswith("It is erased. Backups of before still hold it.\n")
    assert not in_the_files()


def test_the_command_shows_first_and_erases_when_told_to(app: Flask, staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-targets-0-name": NAME, "asks-0-title": f"Sanction {NAME}"})
    with reading(app):
        reference = db.session.scalars(select(Target)).one().reference
    run = app.test_cli_runner().invoke
    shown = run(erase, ["target", reference.lower()])
    assert shown.exit_code == 0
    assert "targets: 1" in shown.output
    assert f"May still be named in the texts of: {ask.rpartition('/')[2]}" in shown.output
    assert "Nothing is erased yet. Do it with --yes." in shown.output
    with reading(app):
        assert db.session.scalar(select(Target.name)) == NAME
    done = run(erase, ["target", reference, "--yes"])
    assert "It is erased. Backups of before still hold it." in done.output
    with reading(app):
        assert db.session.scalar(select(Target.name)) == "Erased"
    assert "Nothing is erased yet." in run(erase, ["person", staff.email]).output
    assert staff.get("/recommendations").status_code == 200
    assert "It is erased." in run(erase, ["person", staff.email, "--yes"]).output
    assert staff.get("/recommendations").status_code == 302
    assert staff.email not in everywhere(app)


def test_mail_that_waits_forgets_and_is_written_anew(app: Flask, staff: Person) -> None:
    record_ask(staff, {"asks-0-targets-0-name": NAME})
    given: dict[str, Any] = {"kind": MailKind.NOTICE, "body": f"Sanction {NAME}", "subject": NAME}
    with writing(app):
        dead = make(Mail, state=MailState.DEAD, **given).id
        reference = db.session.scalars(select(Target)).one().reference
    with reading(app):
        assert erasing.preview_target(reference).deleted["texts of mail that waits"] == 1
    with writing(app):
        erasing.erase_target(reference)
    assert NAME.lower() not in everywhere(app)
    with reading(app):
        assert db.session.get_one(Mail, dead).state is MailState.DEAD


def test_mail_to_a_person_who_is_forgotten_goes_too(
    app: Flask, staff: Person, admin: Person
) -> None:
    with writing(app):
        make(Mail, recipient=staff.email.upper(), user_id=None)
        make(Mail, user_id=staff.viewer.user_id)
        kept = make(Mail, recipient=admin.email).id
    with reading(app):
        assert erasing.preview_person(staff.email).deleted["mails"] == 2
    with writing(app):
        erasing.erase_person(staff.email)
    with reading(app):
        assert list(db.session.scalars(select(Mail.id))) == [kept]


def test_texts_of_others_that_may_name_it_are_told_and_left(app: Flask, staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-targets-0-name": NAME, "asks-0-title": f"Sanction {NAME}"})
    with reading(app):
        preview = erasing.preview_target(db.session.scalars(select(Target)).one().reference)
    assert preview.named_in == [ask.rpartition("/")[2]]
    record_contact(staff, ask, "acknowledgement", today().isoformat(), summary=f"About {NAME}.")
    with reading(app):
        preview = erasing.preview_target(db.session.scalars(select(Target)).one().reference)
    assert [reference[0] for reference in preview.named_in] == ["C", "R"]


QUOTED = 'Quokka "Tiger" བོད'


def test_a_name_is_found_however_it_is_written_down(app: Flask, staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-targets-0-name": QUOTED})
    save(staff, f"{ask}/edit", {"title": f"Sanction {QUOTED}"})
    save(staff, f"{ask}/edit", {"title": "Sanction them"})
    with writing(app):
        target = db.session.scalars(select(Target)).one()
        make(TargetIdentifier, target_id=target.id, kind="Passport", value="QK-778899")
        said = {"next_action": f"Ask {QUOTED}"}
        make(BulkRow, before=said, after={})
        make(BulkRow, before={}, after={"next_action": "Call them"})
    save(staff, f"{ask}/edit", {"abuse": "Holds QK-778899"})
    save(staff, f"{ask}/edit", {"abuse": ""})
    with reading(app):
        reference = db.session.scalars(select(Target)).one().reference
        preview = erasing.preview_target(reference)
        assert preview.named_in == []
        assert preview.deleted["texts kept for taking changes of several asks back"] == 1
    with writing(app):
        erasing.erase_target(reference)
    with reading(app):
        bodies = list(db.session.scalars(select(HistoryPayload.body)))
        assert not [body for body in bodies if "Tiger" in body or "QK-778899" in body]
        assert [row.after for row in db.session.scalars(select(BulkRow))] == [
            {"next_action": "Call them"}
        ]
        assert all(verdict.problem is None for verdict in history.verify())


def test_a_short_name_takes_no_text_that_only_holds_its_letters(app: Flask, staff: Person) -> None:
    other = record_ask(staff, {"asks-0-title": "Rehearing of Maren", "title": "A letter"})
    ask = record_ask(
        staff, {"asks-0-targets-0-name": "Re", "asks-0-targets-0-other_names": "龍\nПутин"}
    )
    save(staff, f"{ask}/edit", {"title": "On Re, the elder"})
    save(staff, f"{ask}/edit", {"title": "On 那龍先生"})
    save(staff, f"{ask}/edit", {"abuse": "приказ Путина"})
    save(staff, f"{ask}/edit", {"abuse": ""})
    save(staff, f"{ask}/edit", {"title": "On nobody"})
    with reading(app):
        reference = next(t for t in db.session.scalars(select(Target)) if t.name == "Re").reference
    with writing(app):
        erasing.erase_target(reference)
    with reading(app):
        bodies = " ".join(db.session.scalars(select(HistoryPayload.body)))
    assert "Rehearing of Maren" in bodies
    assert "elder" not in bodies
    assert "龍" not in bodies
    assert "Путин" not in bodies
    assert "Rehearing of Maren" in words_of(staff.get(f"{other}/history"))


def test_what_others_wrote_of_a_person_is_forgotten_with_them(app: Flask, staff: Person) -> None:
    named = add_person(app, "benedikta@example.org", Role.STAFF, "Island Group")
    with writing(app):
        user = queries.user_by_email(named.email)
        assert user is not None
        user.name = "Benedikta Quirin"
    ask = record_ask(staff)
    said = {"audience": "coalition", "reason": "Asked by Benedikta Quirin, who is at risk."}
    save(staff, f"{ask}/audience", said)
    with reading(app):
        assert erasing.preview_person(named.email).deleted["texts of the history"] > 0
    with writing(app):
        erasing.erase_person(named.email)
    assert "quirin" not in everywhere(app)
    with reading(app):
        assert all(verdict.problem is None for verdict in history.verify())


def test_their_asks_say_that_nobody_has_them_and_what_followed_is_told_to_who_is_left(
    app: Flask, staff: Person, colleague: Person, partner: Person
) -> None:
    ask = record_ask(staff)
    save(staff, f"{ask}/next", {"assignee": str(colleague.viewer.user_id)})
    target = next(link for link in links(staff.get(ask)) if link.startswith("/targets/T-"))
    share(staff, target, "named", people=staff.email)
    share(staff, ask, "named", people=f"{staff.email}\n{partner.email}")
    listed = {"kind": "listed_as_asked", "target": target[-10:], "authority": "treasury"}
    save(staff, f"{ask}/outcomes/new", {**listed, "effective_on": "2023-12-08", "citation": "SDN"})
    with reading(app):
        assert db.session.scalars(select(Recommendation.result)).one() is Result.NONE_KNOWN
    with writing(app):
        erasing.erase_person(partner.email)
        erasing.erase_person(colleague.email)
    with reading(app):
        assert db.session.scalars(select(Recommendation.result)).one() is Result.IN_FULL
    assert "Erased → –" in words_of(staff.get(f"{ask}/history"))


def test_who_is_not_there_and_the_last_admin_are_refused(app: Flask, admin: Person) -> None:
    with app.app_context():
        with pytest.raises(Unknown):
            erasing.preview_person("nobody@example.org")
        with pytest.raises(Unknown):
            erasing.preview_target("T-00000000")
        with pytest.raises(Refused):
            erasing.erase_person(admin.email)
        db.session.rollback()
    with reading(app):
        assert db.session.scalar(select(User.email)) == admin.email
