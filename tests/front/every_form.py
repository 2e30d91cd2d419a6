"""Every form of the program, filled so that it is accepted."""

from dataclasses import dataclass
from datetime import timedelta

from tests.front import seed
from tests.front.support import Sitting, Typed
from tests.front.world import CANARY, Records
from tests.support.people import Person, admin_beside
from tracker.core.now import today

IN_A_MONTH = "in a month"  # stands for that day
LETTER = {
    **seed.LETTER,
    "sent_on": "2023-10-24",
    "reply_requested_by": "2023-12-31",
    "note": "A note",
    **seed.under("signatories-0", {"name": "Somebody", "body": "CECC"}),
    **seed.under("sources-0", seed.SOURCES[0]),
}
ADDRESSEES = {
    "addressees-0-agency": "State",
    "addressees-0-official": "Antony J. Blinken",
    "addressees-0-office_title": "Secretary of State",
}
ASK = {
    "instrument": "export_control",
    "title": "Control it",
    "request": "In its own words",
    "legal_basis": "15 CFR 742.7",
    "abuse": "What was done",
    "newest_conduct_on": "2022-09",
    "places": "China (Tibet)",
    **seed.under("targets-0", {**seed.BUREAU, "position": "In Lhasa"}),
}


# the keys of two rules and of an office holder that come with the program
RULES = {"silence_rule": 12, "magnitsky_rule": 8, "holder": 11}
# of accounts: buttons without a field, passwords and second factors; these are tried in
# test_log_ins, test_second_factor, test_joining, test_feeds,
# test_mail, test_notices and test_admin_pages
TRIED_ELSEWHERE = {
    *("account.end_session", "account.end_other_sessions", "account.confirm"),
    *("account.password", "second_factor.ask", "second_factor.cancel", "second_factor.remove"),
    *("second_factor.add_app", "second_factor.add_passkey", "second_factor.new_codes"),
    *("feed_addresses.index", "feed_addresses.withdraw", "joining.join"),
    *(
        "people.invite",
        "people.withdraw",
        "admin.retry",
        "organisations.index",
        "organisations.titles",
    ),
    "exports.download",
    *("notices.index", "notices.watch", "notices.stop", "notices.unsubscribe"),
    *("people.close", "people.open_again", "people.end_sessions", "people.reset_factors"),
}


@dataclass(frozen=True)
class Form:
    """A form: where it is, what makes it acceptable, the rows that it needs first, and what is
    pressed once all is typed."""

    path: str
    typed: Typed
    press: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    by_admin: bool = False
    file: bytes = b""

    def address(self, records: Records, reference: str) -> str:
        """Where it is, for these records."""
        return self.path.format(**vars(records), reference=reference, **RULES)

    def open(self, person: Person, records: Records) -> Sitting:
        """The form, filled so that it would be accepted."""
        reference = records.references["R"]
        person = admin_beside(person) if self.by_admin else person
        sitting = Sitting(person, self.address(records, reference))
        for op in self.press:
            sitting.press(op)
        day = (today() + timedelta(days=30)).isoformat()
        sitting.type({n: day if v == IN_A_MONTH else v for n, v in self.typed.items()})
        for op in self.last:
            sitting.press(op)
        return sitting.choose_file("notes.txt", self.file) if self.file else sitting


CONTROL = seed.under("controls-0", seed.ITEM)
AUDIENCE = {"audience": "named", "people": "other@example.org", "reason": "It is dangerous."}
FORMS = {
    "letter": Form(
        "/letters/new",
        {
            **LETTER,
            **ADDRESSEES,
            "addressees-1-agency": "Treasury",
            **seed.under("asks-0", {**ASK, **CONTROL}),
            "asks-0-asked_of": ["0", "1"],
        },
        ("add:addressees", "add:asks-0-controls"),
    ),
    "new ask": Form(
        "/recommendations/new",
        {
            **ASK,
            **ADDRESSEES,
            **CONTROL,
            **seed.under("sources-0", seed.SOURCES[0]),
            "tags": "tibet",
        },
        ("add:controls",),
    ),
    "edit ask": Form(
        "{ask}/edit", {"title": "Changed", "targets-2-name": "Another"}, ("add:targets",)
    ),
    "status": Form(
        "{ask}/status",
        {
            "to": "under_review",
            "note": "A note",
            "reason": "A reason",
            "source_url": "https://www.state.gov/",
            "source_title": "State",
        },
    ),
    "edit letter": Form(
        "{letter}/edit",
        {
            "title": "Changed",
            "on_behalf_of": "A coalition",
            "note": "A note",
            **seed.under("signatories-1", {"name": "Another", "body": "CECC"}),
        },
        ("add:signatories",),
    ),
    "receipt": Form(
        "{letter}/receipt",
        {"received_on": "2023-10-26", "received_proof": "A receipt of the post"},
    ),
    "next": Form("{ask}/next", {"next_action": "Call", "next_action_on": "2030-01-31"}),
    "evidence": Form("{ask}/evidence", seed.SOURCES[1]),
    "protected evidence": Form(
        "{ask}/evidence", {"opaque": "W-17", "kept_where": "In the safe", "shows": "What it says"}
    ),
    "outcome": Form(
        "{ask}/outcomes/new",
        {
            "kind": "other_action",
            "authority": "state",
            "effective_on": "2024-01-10",
            "citation": "88 FR 1",
            "url": "https://www.state.gov/",
            "note": "A note",
        },
    ),
    "void status": Form("{ask}/status/void", {"reason": "A mistake"}),
    "cite outcome": Form(
        "{outcome}/cite", {"citation": "89 FR 2", "url": "https://www.federalregister.gov/"}
    ),
    "void outcome": Form("{outcome}/void", {"reason": "A mistake"}),
    "contact": Form(
        "/contacts/new?ask={reference}",
        {
            "substance": "promise",
            "happened_on": "2024-01-10",
            "promised_on": "2024-02-01",
            "agencies": "state",
            "summary": "What was said",
            "source_title": "State",
            "source_url": "https://www.state.gov/",
        },
    ),
    "follow-up letter": Form(
        "{ask}/follow-up",
        {"sent_text": "Dear Secretary,\n\nPlease answer.", "happened_on": "2024-01-10"},
    ),
    "further ask": Form(
        "{letter}/asks/new",
        {**ASK, **CONTROL, "targets-1-name": "Another", "tags": "tibet"},
        ("add:controls", "add:targets"),
    ),
    "template of letters": Form("/letters/template", {"text": "Dear {addressee},\n\n{asks}"}),
    "clocks": Form(
        "{ask}/clocks/change",
        {"act": "snooze", "until": IN_A_MONTH, "reason": "It can wait."},
    ),
    "snooze": Form("{ask}/snooze", {"until": IN_A_MONTH, "reason": "It can wait."}),
    "void contact": Form("{contact}", {"reason": "A mistake"}),
    "new target": Form(
        "/targets/new",
        {
            **seed.BUREAU,
            "position": "In Lhasa",
            "born_on": "1956",
            "identifiers": "a: 1",
            "note": "N",
        },
    ),
    "edit target": Form("{target}/edit", {"position": "Party Secretary"}),
    "member": Form("{group}", {"name": "Open target", "since": "2016"}),
    "void member": Form("{group}/members/void", {"reason": "A mistake"}),
    "void evidence": Form("{ask}/evidence/void", {"reason": "A mistake"}),
    "body": Form(
        "/agencies/new",
        {"name": "Test Office of Tests", "short_name": "Tests", "jurisdiction": "NO"},
    ),
    "several asks": Form(
        "/recommendations/bulk?ask={reference}",
        {
            "add_tags": "campaign",
            "remove_tags": "old",
            "next_action": "Call",
            "next_action_on": IN_A_MONTH,
            "to": "under_review",
            "source_url": "https://www.state.gov/",
            "source_title": "State",
            "reason": "Together",
        },
        last=("preview",),
    ),
    "taking back": Form("{bulk}", {}),
    "new view": Form("/recommendations/views/new?status=draft", {"name": "Drafts"}),
    "edit view": Form("{view}/edit", {"name": "Mine"}),
    "delete view": Form("{view}/delete", {}),
    "audience of a letter": Form("{letter}/audience", AUDIENCE),
    "audience of a target": Form("{target}/audience", AUDIENCE),
    "audience of an ask": Form("{ask}/audience", AUDIENCE),
    "clock rule": Form(
        "/admin/clocks/new",
        {
            "kind": "acknowledgement",
            "agency": "treasury",
            "length": "45",
            "sentence": "Treasury is given 45 days.",
            "citation": "A memo",
            "citation_url": "https://example.org/memo",
            "valid_from": "2024-01-01",
            "reason": "It has a backlog.",
        },
        last=("preview",),
        by_admin=True,
    ),
    "clock rule version": Form(
        "/admin/clocks/{silence_rule}/version",
        {
            "length": "75",
            "sentence": "Silence after 75 days.",
            "valid_from": "2024-01-01",
            "reason": "We agreed on it.",
        },
        last=("preview",),
        by_admin=True,
    ),
    "end of a clock rule": Form(
        "/admin/clocks/{magnitsky_rule}/end",
        {"last_day": "2024-01-01", "reason": "The wider one serves."},
        last=("preview",),
        by_admin=True,
    ),
    "names of a body": Form(
        "/agencies/commerce/names",
        {"name": "Department of Trade", "short_name": "DOT"},
        by_admin=True,
    ),
    "office holder": Form(
        "/agencies/commerce/offices",
        {
            "office": "Under Secretary",
            "name": "Somebody",
            "held_from": "2024-01-02",
            "held_until": "2024-02-03",
        },
        by_admin=True,
    ),
    "correct a holder": Form(
        "/agencies/commerce/offices/{holder}",
        {"name": "Another", "held_from": "2017-02-28", "held_until": "2021-01-19"},
        by_admin=True,
    ),
    "take a holder off": Form(
        "/agencies/commerce/offices/{holder}/remove", {"reason": "A mistake"}, by_admin=True
    ),
    "edit source": Form(
        "{source}/edit",
        {
            "title": "A title",
            "url": "https://example.org/a-page",
            "publisher": "A publisher",
            "published_on": "2023-10",
            "note": "A note",
        },
    ),
    "own name": Form("/account/name", {"name": "Another name"}),
    "account": Form("/admin/users/{user}", {"role": "partner"}, by_admin=True),
    "merge": Form("{target}/merge", {"name": f"{CANARY} target", "reason": "They are one."}),
    "take a merge back": Form("{target}/unmerge", {}),
    "file": Form("{source}/attachments/new", {}, file=b"What was said."),
    "void file": Form("{source}/attachments/void", {"reason": "A mistake"}),
    "audience of a source": Form("{source}/audience", AUDIENCE),
    "void letter": Form("{letter}/void", {"reason": "A mistake"}),
}
