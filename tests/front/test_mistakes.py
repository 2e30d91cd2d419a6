"""Wrong and missing input: every problem at once and at its field, nothing saved, nothing lost."""

import pytest

from tests.front import seed
from tests.front.support import (
    DRAFT,
    LETTER,
    Sitting,
    Typed,
    asks_on,
    assert_problems,
    assert_still_there,
    contents,
    gist,
    nothing_changes,
    problems,
    record_ask,
    row_with,
    rows,
    section,
    words,
)
from tests.support.people import Person

BAD_ADDRESS = "Write a web address that starts with https:// or http://."


def test_every_problem_of_a_letter_is_told_at_once_and_nothing_is_saved_or_lost(
    staff: Person,
) -> None:
    form = _letter_of_three(staff)
    wrong = {
        "title": "",
        "written_on": "23 Octember 2023",
        "sent_on": "2123-01-01",
        "reply_requested_by": "2023-02-30",
        "signatories-1-name": "",
        "addressees-0-agency": "Ministry of Nothing",
        "addressees-1-agency": "",
        "asks-0-title": "",
        "asks-0-newest_conduct_on": "2123",
        "asks-1-targets-0-name": "",
        "asks-1-targets-0-other_names": "吴英杰",
        "asks-1-places": "China (Tibet); Atlantis",
        "asks-2-controls-0-technology": "",
        "sources-0-published_on": "the day before",
    }
    form.type(wrong)
    typed = dict(form.fields)
    with nothing_changes(staff.app):
        answer = form.send()
    assert_problems(
        answer,
        {
            "title": "Give the letter a title in one line.",
            "written_on": "“octember” is no month.",
            "sent_on": "This day has not come yet",
            "reply_requested_by": "Day 30 does not exist in February 2023.",
            "signatories-1-name": "Who signed?",
            "addressees-0-agency": "No body called “Ministry of Nothing” is known.",
            "addressees-1-agency": "No body is named.",
            "asks-0-title": "Say in one line what is asked.",
            "asks-0-newest_conduct_on": "This day has not come yet",
            "asks-1-targets-0-name": "Write a name, or describe the class of people.",
            "asks-1-places": "“Atlantis” is not a country that we know.",
            "asks-1-controls": "Name the technology, end use or end user to be controlled.",
            "asks-2-controls-0-technology": "Name the technology, or what it is used for.",
            "asks-2-controls": "Only an export-control ask names controlled items.",
            "sources-0-published_on": "Write the date as 2023-10-23",
        },
    )
    assert "15 things to put right" in words(answer.text)
    assert "Nothing was saved yet, and nothing you typed is lost." in words(answer.text)
    assert_still_there(answer, typed)
    right = {
        "title": "A letter",
        "written_on": "2023-10-23",
        "sent_on": "",
        "reply_requested_by": "",
        "signatories-1-name": "Sen. Jeff Merkley",
        "addressees-0-agency": "Commerce",
        "addressees-1-agency": "Treasury",
        "asks-0-title": "The first ask",
        "asks-0-newest_conduct_on": "2022",
        "asks-1-targets-0-name": "Wu Yingjie",
        "asks-1-places": "China (Tibet)",
        "asks-1-instrument": "entity_list",
        "asks-2-instrument": "export_control",
        "asks-2-controls-0-technology": "DNA sequencers",
        "sources-0-published_on": "2023",
    }
    letter = staff.get(form.type(right).save())
    assert len(asks_on(letter)) == 3
    assert [row["Body"] for row in rows(letter, "to")] == [
        "U.S. Department of Commerce",
        "U.S. Department of the Treasury",
    ]


def _letter_of_three(person: Person) -> Sitting:
    """A letter with several rows of each kind, every field of them filled."""
    form = Sitting(person, "/letters/new").type(seed.LETTER)
    form.type({"received_on": "", "note": "For colleagues only.\nTwo lines."})
    for op in ("signatories", "addressees", "asks", "asks", "asks-2-controls"):
        form.press(f"add:{op}")
    for number in (0, 1):
        signed = {"name": "Somebody", "role": "cochair", "body": "CECC"}
        form.type(seed.under(f"signatories-{number}", signed))
        form.type({f"addressees-{number}-official": f"Official {number}"})
    for number, instrument in enumerate(("entity_list", "export_control", "global_magnitsky")):
        ask = {"instrument": instrument, "title": f"Ask {number}", "request": "In its own words"}
        form.type(seed.under(f"asks-{number}", ask))
        form.type(seed.under(f"asks-{number}-targets-0", seed.BUREAU))
    form.type(seed.under("asks-2-controls-0", seed.ITEM))
    return form.type(seed.under("sources-0", seed.SOURCES[0]))


@pytest.mark.parametrize(
    ("typed", "where", "said"),
    [
        ({"title": " \t "}, "title", "Give the letter a title"),
        ({"title": "x" * 201}, "title", "This has 201 characters. Shorten it to 200"),
        ({"written_on": "2023-13"}, "written_on", "Month 13 does not exist. Write 2023-10"),
        ({"written_on": "2023-02-30"}, "written_on", "Day 30 does not exist in February 2023."),
        ({"written_on": "yesterday"}, "written_on", "Write the date as 2023-10-23"),
        ({"written_on": "1492"}, "written_on", "The year 1492 is out of range."),
        ({"written_on": "2123-10-23"}, "written_on", "This day has not come yet"),
        ({"sent_on": "2023-10-22"}, "sent_on", "It cannot be sent before it was written"),
        ({"received_on": "2023-10-22"}, "received_on", "It cannot be received before it was sent"),
        ({"received_on": "2123"}, "received_on", "This day has not come yet"),
        ({"reply_requested_by": "2023-10-23"}, "reply_requested_by", "Give a day after the letter"),
        ({"is_sent": None, "sent_on": "2023-10-23"}, "is_sent", "tick that it was sent"),
        ({"signatories-0-name": "", "signatories-0-body": "CECC"}, "signatories-0-name", "Who"),
        ({"addressees-0-agency": "Stade"}, "addressees-0-agency", "No body called “Stade”"),
        ({"addressees-0-agency": ""}, "addressees", "Say to whom the letter is addressed."),
        ({"addressees-0-is_copy": "y"}, "addressees", "Say to whom the letter is addressed."),
        ({"asks-0-title": ""}, "asks-0-title", "Say in one line what is asked."),
        ({"asks-0-targets-0-name": ""}, "asks-0-targets", "Name a target, or describe the class"),
        (
            {"asks-0-title": "", "asks-0-targets-0-name": ""},
            "asks",
            "A letter asks for something: add at least one ask.",
        ),
        ({"asks-0-instrument": "export_control"}, "asks-0-controls", "Name the technology"),
        ({"asks-0-places": "Tibet"}, "asks-0-places", "“Tibet” is not a country that we know."),
        ({"asks-0-targets-0-place": "Nowhere"}, "asks-0-targets-0-place", "“Nowhere” is not a"),
        ({"sources-0-url": "www.cecc.gov"}, "sources-0-url", BAD_ADDRESS),
        ({"sources-0-url": "javascript:alert(1)"}, "sources-0-url", BAD_ADDRESS),
        ({"sources-0-published_on": "2123"}, "sources-0-published_on", "This day has not come"),
        (
            {"sources-0-title": "", "sources-0-url": "", "sources-0-publisher": "CECC"},
            "sources-0-title",
            "Write a title or a web address, or leave the source out.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_letter_with_a_problem_is_not_saved(
    staff: Person, typed: Typed, where: str, said: str
) -> None:
    form = Sitting(staff, "/letters/new").type({**LETTER, **typed})
    before = {name: form.fields[name] for name in typed if form.fields.get(name, [""]) != [""]}
    with nothing_changes(staff.app):
        answer = form.send()
    assert_problems(answer, {where: said})
    assert_still_there(answer, before)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/letters/new", {"sources-1-publisher": "CECC"}),
        ("/letters/new", {"sources-1-shows": "That it was sent"}),
        ("/letters/new", {"asks-0-targets-1-position": "Party Secretary"}),
        ("/letters/new", {"asks-0-targets-1-place": "China (Tibet)"}),
        ("/letters/new", {"asks-1-abuse": "Blood was taken from children."}),
        ("/letters/new", {"asks-1-legal_basis": "22 U.S.C. 10102"}),
        ("/recommendations/new", {"sources-1-publisher": "CECC"}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_a_row_half_filled_is_not_dropped_in_silence(
    staff: Person, path: str, typed: dict[str, str]
) -> None:
    form = Sitting(staff, path).type(LETTER if path == "/letters/new" else DRAFT)
    (name, value), *_ = typed.items()
    form.press("add:" + name.rpartition("-")[0].rpartition("-")[0]).type(typed)
    with nothing_changes(staff.app):
        answer = form.send()
    assert answer.status_code == 422
    row = row_with(form.fields, value)
    assert problems(answer)
    assert all(name.startswith(row) for name in problems(answer))


TOGETHER = [
    (
        "/letters/new",
        {**LETTER, "title": "", "sources-0-url": "nowhere"},
        {"title", "sources-0-url"},
    ),
    (
        "/recommendations/new",
        {"title": "", "targets-0-name": "Wu Yingjie", "sources-0-url": "nowhere"},
        {"title", "sources-0-url"},
    ),
    (
        "/recommendations/new",
        {"title": "", "targets-0-name": "Wu Yingjie", "tags": "x" * 61},
        {"title", "tags"},
    ),
    (
        "{ask}/status",
        {"to": "closed", "source_url": "nowhere"},
        {"closure_reason", "source_url"},
    ),
    (
        "/contacts/new?ask={reference}",
        {"happened_on": "2123", "agencies": "state", "source_url": "nowhere"},
        {"happened_on", "source_url"},
    ),
    (
        "{ask}/audience",
        {"audience": "named", "people": "nobody@example.org", "reason": ""},
        {"people", "reason"},
    ),
]


@pytest.mark.parametrize(
    ("path", "typed", "wanted"), TOGETHER, ids=[f"{path} {sorted(w)}" for path, _, w in TOGETHER]
)
def test_two_problems_are_told_together(
    staff: Person, path: str, typed: Typed, wanted: set[str]
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, path.format(ask=ask, reference=ask.rpartition("/")[2]))
    with nothing_changes(staff.app):
        answer = form.type(typed).send()
    assert_problems(answer, dict.fromkeys(wanted, ""))


@pytest.mark.parametrize("path", ["{ask}/status", "/contacts/new?ask={reference}"])
def test_a_bad_address_of_a_source_is_told_at_its_field(staff: Person, path: str) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, path.format(ask=ask, reference=ask.rpartition("/")[2]))
    answer = form.type({"source_title": "A page", "source_url": "nowhere"}).send()
    assert_problems(answer, {"source_url": BAD_ADDRESS})


def test_a_problem_stands_at_its_own_row_whichever_rows_are_wrong_or_gone(staff: Person) -> None:
    form = Sitting(staff, "/letters/new").type(LETTER)
    form.press("add:addressees").press("add:addressees")
    form.type(
        {
            "addressees-0-agency": "Ministry of Nothing",
            "addressees-1-agency": "Commerce",
            "addressees-1-official": "x" * 201,
            "addressees-2-agency": "Treasury",
        }
    )
    long = "This has 201 characters."
    answer = form.send()
    unknown = "No body called “Ministry of Nothing”"
    assert_problems(answer, {"addressees-0-agency": unknown, "addressees-1-official": long})
    form.press("remove:addressees-0")
    answer = form.send()
    assert_problems(answer, {f"{row_with(form.fields, 'Commerce')}-official": long})
    row = row_with(form.fields, "Commerce")
    letter = staff.get(form.type({f"{row}-official": "Gina Raimondo"}).save())
    assert [row["Body"] for row in rows(letter, "to")] == [
        "U.S. Department of Commerce",
        "U.S. Department of the Treasury",
    ]


def test_the_buttons_of_the_form_save_nothing_and_lose_nothing(staff: Person) -> None:
    record_ask(staff)
    before = contents(staff.app)
    form = _letter_of_three(staff)
    form.type({"addressees-0-agency": "blin", "written_on": "2023-10-23"})
    for op, added in (
        ("add:signatories", {"signatories-2-name": "A third"}),
        ("add:addressees", {"addressees-2-agency": "DHS"}),
        ("add:asks", {"asks-3-title": "A fourth ask"}),
        ("add:asks-0-targets", {"asks-0-targets-1-name": "Wu Ying"}),
        ("add:asks-2-controls", {"asks-2-controls-1-technology": "Cameras"}),
        ("add:sources", {"sources-1-title": "A second source"}),
        ("find:addressees-0", {}),
        ("find:asks-0-targets-0", {}),
    ):
        typed = gist(form.fields)
        assert typed <= gist(form.press(op).fields), op
        form.type(added)
    form.press("find:addressees-0").choose("Antony J. Blinken")
    form.press("find:asks-0-targets-1").choose("Wu Yingjie")
    assert form.fields["asks-0-targets-1-name"] == ["Wu Yingjie"]
    assert form.fields["asks-0-targets-1-ref"][0].startswith("T-")
    form.press("forget:asks-0-targets-1")
    assert form.fields["asks-0-targets-1-ref"] == [""]
    assert contents(staff.app) == before


def test_removing_a_row_takes_that_row_and_no_other(staff: Person) -> None:
    before = contents(staff.app)
    form = _letter_of_three(staff)
    for number in (2, 3):
        form.press("add:addressees").type({f"addressees-{number}-agency": "DHS"})
        form.type({f"addressees-{number}-official": f"Official {number}"})
    for number in (2, 3):
        form.press("add:asks-1-targets")
        form.type({f"asks-1-targets-{number - 1}-name": f"Target {number}"})
    for value in ("Official 1", "Official 2", seed.SOURCES[0]["title"], "Target 2", "Ask 0"):
        row = row_with(form.fields, value)
        kept = {n: v for n, v in form.fields.items() if not n.startswith(f"{row}-")}
        form.press(f"remove:{row}")
        assert gist(form.fields) == gist(kept), value
    row = row_with(form.fields, "Official 3")
    form.type({f"{row}-agency": "Treasury"}).press(f"find:{row}").choose("Janet Yellen")
    assert ["Janet Yellen"] in form.fields.values()
    assert ["Official 0"] in form.fields.values()
    for _ in range(2):
        form.press("remove:" + next(n for n in form.fields if "signat" in n).rpartition("-")[0])
    assert any(name.startswith("signatories-") for name in form.fields)
    assert contents(staff.app) == before


def test_whom_an_ask_is_put_to_holds_when_an_addressee_is_removed(staff: Person) -> None:
    form = Sitting(staff, "/letters/new").type(LETTER)
    form.press("add:addressees").type({"addressees-1-agency": "Treasury"})
    form.press("add:asks").type({"asks-1-title": "The second", "asks-1-targets-0-name": "He"})
    form.press("add:addressees").type({"addressees-2-agency": "Commerce"})
    form.type({"asks-0-asked_of": ["0", "1", "2"], "asks-1-asked_of": ["1", "2"]})
    form.press("remove:addressees-1")
    first, second = (staff.get(path) for path in asks_on(staff.get(form.save())))
    assert [row[""] for row in rows(first, "addressees")] == ["State", "Commerce"]
    assert [row[""] for row in rows(second, "addressees")] == ["Commerce"]


def test_finding_says_where_nothing_is_found(staff: Person) -> None:
    form = Sitting(staff, "/letters/new")
    form.type({"addressees-0-agency": "Ministry of Nothing"}).press("find:addressees-0")
    assert "No body of that name. Add it in another tab" in words(form.text)
    form.type({"asks-0-targets-0-name": "Nobody"}).press("find:asks-0-targets-0")
    assert "None on record that you may see: it will be recorded as new." in words(form.text)


def test_an_unknown_body_is_offered_those_that_are_meant(staff: Person) -> None:
    form = Sitting(staff, "/letters/new").type({**LETTER, "addressees-0-agency": "Raimondo"})
    assert list(problems(form.send())) == ["addressees-0-agency"]
    letter = staff.get(form.choose("Gina Raimondo, Secretary of Commerce").save())
    assert rows(letter, "to") == [
        {
            "": "Gina Raimondo",
            "Office": "Secretary of Commerce",
            "Body": "U.S. Department of Commerce",
        }
    ]


def test_a_body_can_be_added_in_the_middle_of_a_letter(staff: Person) -> None:
    form = Sitting(staff, "/letters/new").type({**LETTER, "addressees-0-agency": "Tibet Office"})
    form.send()
    body = {"name": "Office of the Coordinator", "short_name": "Tibet Office"}
    with nothing_changes(staff.app):
        wrong = Sitting(staff, "/agencies/new").type({"short_name": "Tibet Office"}).send()
        unnamed = (
            Sitting(staff, "/agencies/new")
            .type({**body, "name": "!!!", "jurisdiction": "US"})
            .send()
        )
        assert_problems(unnamed, {"name": "Write the name with letters"})
        assert_problems(wrong, {"name": "Write the body's full name.", "jurisdiction": "Choose"})
        taken = Sitting(staff, "/agencies/new").type(
            {"name": "us department of STATE", "jurisdiction": "US"}
        )
        assert_problems(taken.send(), {"name": "There is a body of that name already: U.S. Dep"})
    Sitting(staff, "/agencies/new").type({**body, "jurisdiction": "US"}).save()
    letter = staff.get(form.save())
    assert rows(letter, "to")[0]["Body"] == "Office of the Coordinator"


def test_a_statement_may_be_put_to_nobody_in_particular(staff: Person) -> None:
    typed = {**LETTER, "kind": "statement", "addressees-0-agency": ""}
    letter = staff.get(Sitting(staff, "/letters/new").type(typed).save())
    assert "It is addressed to nobody in particular" in section(letter, "to")
    ask = staff.get(asks_on(letter)[0])
    assert "It is addressed to nobody: nobody can be silent on it." in section(ask, "addressees")
    assert "Silence" not in section(ask, "clocks")


@pytest.mark.parametrize(
    ("path", "typed", "wanted"),
    [
        (
            "/recommendations/new",
            {"addressees-0-agency": "Nobody", "newest_conduct_on": "x", "tags": "a, b"},
            {
                "title": "Say in one line what is asked.",
                "targets": "Name a target",
                "addressees-0-agency": "No body called “Nobody”",
                "newest_conduct_on": "Write the date",
            },
        ),
        (
            "/targets/new",
            {"born_on": "2123", "place": "Atlantis", "other_names": "吴英杰\nWu"},
            {
                "name": "Write a name, or describe the class of people.",
                "born_on": "This day has not come yet",
                "place": "“Atlantis” is not a country",
            },
        ),
        (
            "{ask}/evidence",
            {"url": "ftp://example.org/", "published_on": "soon"},
            {"url": BAD_ADDRESS, "published_on": "Write the date"},
        ),
        (
            "{ask}/evidence",
            {"url": "https://example.org/a b"},
            {"url": "A web address has no space in it."},
        ),
        (
            "{ask}/next",
            {"next_action_on": "2027-01"},
            {"next_action_on": "Give the full day, as 2023-10-23."},
        ),
        (
            "{ask}/next",
            {"next_action_on": "2027-01-31"},
            {"next_action": "Say what is to be done on that day."},
        ),
        (
            "{ask}/snooze",
            {"until": "2020-01-01", "reason": "", "clocks": None},
            {
                "until": "Give a day after today",
                "reason": "Say in a sentence why this can wait.",
                "clocks": "Choose at least one flag.",
            },
        ),
        (
            "{ask}/outcomes/new",
            {"effective_on": "2123"},
            {
                "effective_on": "This day has not come yet",
                "authority": "Choose whose act it was, or name who acted.",
                "url": "Give the address or the citation",
            },
        ),
        (
            "/contacts/new?ask={reference}",
            {"happened_on": "", "agencies": None},
            {
                "happened_on": "Say when it was",
                "agencies": "Choose which of the bodies",
            },
        ),
        (
            "/contacts/new?ask={reference}",
            {"happened_on": "2023-10-01", "substance": "promise", "agencies": "state"},
            {
                "happened_on": "this cannot be earlier",
                "promised_on": "By which day did they promise it?",
            },
        ),
        (
            "/contacts/new?ask={reference}",
            {
                "happened_on": "2023-12-01",
                "substance": "promise",
                "agencies": "state",
                "promised_on": "2023-12-01",
            },
            {"promised_on": "The promised day must come after the promise."},
        ),
        (
            "/contacts/new?ask={reference}",
            {"asks": None, "agencies": "state"},
            {"asks": "Choose at least one ask that this is about."},
        ),
        (
            "/contacts/new?ask={reference}",
            {"is_determination": "y", "agencies": "state"},
            {"is_determination": "Only the President's answer"},
        ),
        (
            "{ask}/status",
            {"on": "2123", "to": "under_review"},
            {"on": "This day has not come yet", "source_url": "“Under review” needs a source"},
        ),
        ("{ask}/status", {"on": ""}, {"on": "Say since when"}),
        ("{ask}/audience", {"audience": "coalition"}, {"reason": "Say in a sentence why"}),
    ],
)
def test_a_form_with_problems_names_each_at_its_field_and_saves_nothing(
    staff: Person, path: str, typed: Typed, wanted: dict[str, str]
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, path.format(ask=ask, reference=ask.rpartition("/")[2])).type(typed)
    sent = {name: form.fields[name] for name, value in typed.items() if value}
    with nothing_changes(staff.app):
        answer = form.send()
    assert_problems(answer, wanted)
    assert_still_there(answer, sent)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/letters/new", {"title": "A letter\x00", "written_on": "2023-10-23"}),
        ("/letters/new", {"asks-0-asked_of": "9" * 5000, "op": "remove:addressees-0"}),
        ("{ask}/edit", {"seen": "[" * 100_000}),
    ],
    ids=["NUL in a title that is looked up", "a number of 5,000 figures", "a deep nest"],
)
def test_what_no_page_of_ours_sends_is_told_and_saves_nothing(
    staff: Person, path: str, sent: dict[str, str]
) -> None:
    sitting = Sitting(staff, path.format(ask=record_ask(staff)))
    with nothing_changes(staff.app):
        page = staff.post(sitting.path, {**sitting.fields, **sent})
    assert page.status_code in (200, 400, 422), page.status_code
