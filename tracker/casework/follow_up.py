"""A follow-up letter to one body, drafted from what the viewer sees on record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency
from tracker.casework import letter_words
from tracker.casework.actions.follow_ups import own_template
from tracker.casework.letter_template import DEFAULT, filled
from tracker.casework.recipients import Recipient, recipient
from tracker.clocks import queries as clocks
from tracker.clocks.models import Clock, ClockKind, ClockState
from tracker.core.dates import PartialDate, show_day
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Letter, Substance
from tracker.correspondence.rules import ANSWERS, OURS
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Addressee, Recommendation
from tracker.records.models import Audience
from tracker.records.queries import may_edit
from tracker.records.readers import Owned, seen_by_all

# what a body owes an answer to; not the vote on a proposal, whose rule was not verified
ANSWERED = frozenset(
    {
        ClockKind.SECTION_1263D,
        ClockKind.REPLY_REQUESTED,
        ClockKind.PROMISE,
        ClockKind.SILENCE,
        ClockKind.ACKNOWLEDGEMENT,
    }
)


@dataclass(frozen=True)
class Earlier:
    """A letter of ours that went to the body."""

    on: PartialDate | None
    what: str
    about: frozenset[int]  # the ids of the asks that it was about
    letter: Letter | None = None

    @property
    def line(self) -> str:
        """As the letter refers to it."""
        return f"– {self.on.shown if self.on else 'day not known'}: {self.what}"


@dataclass(frozen=True)
class FollowUp:
    """What a follow-up about an ask, to one of its addressees, is drafted from."""

    ask: Recommendation
    body: Addressee
    offered: Sequence[Recommendation]  # the asks that one letter to the body can cover
    late: frozenset[int]  # those of them with a flag that the body can answer
    earlier: Sequence[Earlier]
    recipient: Recipient
    clocks: dict[int, list[Clock]]
    replies: dict[int, Contact]  # the last that answers something, by ask
    template: str
    is_own_template: bool
    unconfirmed: Sequence[Letter]  # letters with a reply date that nobody has read in them
    viewer: Viewer
    today: date

    @property
    def agency(self) -> Agency:
        """The body."""
        return self.body.agency

    @property
    def usual(self) -> list[str]:
        """The asks that a letter covers, unless another choice is made: this one, and what else the
        body is late with."""
        return [a.reference for a in self.offered if a.id == self.ask.id or a.id in self.late]

    def draft(self, references: Iterable[str]) -> str:
        """The letter about some of the asks."""
        wanted = set(references)
        chosen = [ask for ask in self.offered if ask.reference in wanted]
        about = {ask.id for ask in chosen}
        rows = [row for ask in chosen for row in ask.addressees if row.agency_id == self.agency.id]
        running = _once(clock for ask in chosen for clock in self.clocks.get(ask.id, []))
        values = {
            "addressee": self.recipient.name,
            "salutation": self.recipient.salutation,
            "office": self.recipient.office,
            "agency": self.agency.name,
            "today": show_day(self.today),
            "letters": "\n".join(each.line for each in self.earlier if each.about & about),
            "asks": "\n\n".join(
                letter_words.told(
                    number,
                    ask,
                    row,
                    self.replies.get(ask.id),
                    self.today,
                    is_new=self.recipient.is_new,
                )
                for number, (ask, row) in enumerate(zip(chosen, rows, strict=True), 1)
            ),
            "silence": letter_words.silence(rows, self.today),
            "reply_dates": "\n".join(letter_words.reply_dates(running, self.today)),
            "citations": "\n".join(letter_words.citations(running, self.today)),
            "organisation": self.viewer.organisation,
            "person": self.viewer.name,
        }
        return filled(self.template, values)


def follow_up(viewer: Viewer, ask: Recommendation, body: Addressee, today: date) -> FollowUp:
    """What to draft a follow-up to one of the addressees of an ask from."""
    offered = _offered(viewer, ask, body.agency_id)
    ids = [each.id for each in offered]
    letters = correspondence.letters_of(viewer, ids)
    carried = {letter.id: letter for found in letters.values() for letter in found}
    named = correspondence.addressed_to(viewer, carried, body.agency_id)
    met = _met(viewer, offered, body.agency_id)
    told = _told(offered, carried)
    about = {
        letter.id: frozenset(key for key, own in letters.items() if letter in own)
        for letter in told.values()
    }
    earlier = _earlier(met, told, about, named)
    running = {
        key: [c for c in found if _concerns(c, body.agency_id)]
        for key, found in clocks.clocks_of(viewer, ids).items()
    }
    own = own_template(viewer)
    full = agencies.with_offices(body.agency.slug)
    wrote = next((each.on for each in reversed(earlier) if each.on), None)
    return FollowUp(
        ask=ask,
        body=body,
        offered=offered,
        late=frozenset(key for key, found in running.items() if any(c.is_flagged for c in found)),
        earlier=earlier,
        recipient=recipient(body, full.offices if full else [], wrote, today),
        clocks=running,
        replies=_replies(met),
        template=own.text if own else DEFAULT,
        is_own_template=own is not None,
        unconfirmed=[
            letter
            for letter in carried.values()
            if letter.reply_requested_by and not letter.reply_date_confirmed and letter.id in named
        ],
        viewer=viewer,
        today=today,
    )


def _offered(viewer: Viewer, ask: Recommendation, agency_id: int) -> list[Recommendation]:
    """The ask, and those beside it in its letters, as far as they were put to the body, are open
    and are the viewer's to change."""
    letters = correspondence.letters_of(viewer, [ask.id])[ask.id]
    carried = correspondence.asks_of(viewer, [letter.id for letter in letters])
    ids = [ask.id, *(other.id for found in carried.values() for other in found)]
    known = asks.by_ids(viewer, ids)
    return [
        known[key]
        for key in dict.fromkeys(ids)
        if key in known
        and any(row.agency_id == agency_id and row.is_asked for row in known[key].addressees)
        and may_edit(known[key], viewer)
        and (key == ask.id or known[key].is_open)
    ]


def _concerns(clock: Clock, agency_id: int) -> bool:
    """Whether a clock runs for something that the body owes an answer to."""
    if clock.state is not ClockState.RUNNING:
        return False
    if clock.kind is ClockKind.ERC_REMOVAL:
        return True  # the committee's own, which no addressee can answer alone
    return clock.agency_id == agency_id and clock.kind in ANSWERED


def _once(running: Iterable[Clock]) -> list[Clock]:
    """Clocks that say the same of several asks, once."""
    found: dict[tuple[object, ...], Clock] = {}
    for clock in running:
        key = clock.kind, clock.rule_id, str(clock.started_on), clock.first_due_on, clock.due_on
        found.setdefault(key, clock)
    return list(found.values())


# ---- earlier letters


def _told(asks: Sequence[Recommendation], letters: dict[int, Letter]) -> dict[int, Letter]:
    """The letters but those of named people that not all readers of the asks see: the text that is
    drafted is for the whole house."""
    few = [letter for letter in letters.values() if letter.audience is Audience.NAMED]
    pairs = [(Owned.of(ask), Owned.of(letter)) for ask in asks for letter in few]
    seen = seen_by_all(pairs)
    hidden = {letter.id for ask, letter in pairs if (ask.id, letter.id) not in seen}
    return {key: letter for key, letter in letters.items() if key not in hidden}


def _met(
    viewer: Viewer, asks: Sequence[Recommendation], agency_id: int
) -> dict[int, list[Contact]]:
    """The contacts with the body that stand, by ask, but for those for named people that not all
    readers of the ask see: the text that is drafted is for the whole house."""
    by_ask = correspondence.contacts_of(viewer, [ask.id for ask in asks])
    went_to = correspondence.agencies_of({one.id for found in by_ask.values() for one in found})
    own = {ask.id: Owned.of(ask) for ask in asks}
    few = [
        (own[ask_id], Owned.of(one))
        for ask_id, found in by_ask.items()
        for one in found
        if one.audience is Audience.NAMED
    ]
    hidden = {(ask.id, one.id) for ask, one in few} - seen_by_all(few)
    return {
        ask_id: [
            one
            for one in found
            if not one.voided_at and agency_id in went_to[one.id] and (ask_id, one.id) not in hidden
        ]
        for ask_id, found in by_ask.items()
    }


def _replies(met: Mapping[int, Sequence[Contact]]) -> dict[int, Contact]:
    """Of each ask the last answer of substance, or else the last question, promise or meeting."""

    def weight(one: Contact) -> tuple[bool, str, int]:
        return one.substance is Substance.SUBSTANTIVE, str(one.happened_on or ""), one.id

    return {
        ask_id: max(answers, key=weight)
        for ask_id, found in met.items()
        if (answers := [one for one in found if one.substance in ANSWERS])
    }


def _earlier(
    met: Mapping[int, Sequence[Contact]],
    letters: Mapping[int, Letter],
    about: Mapping[int, frozenset[int]],
    named: Iterable[int],
) -> list[Earlier]:
    """What went from us to the body, the oldest first, by titles that the viewer may read."""
    asks_of: dict[int, set[int]] = defaultdict(set)
    sent: dict[int, Contact] = {}
    for ask_id, found in met.items():
        for one in found:
            if one.substance in OURS:
                sent[one.id] = one
                asks_of[one.id].add(ask_id)
    known = {one.letter_id for one in sent.values()}
    every = [
        *((one.happened_on, asks_of[key], *_named(one, letters)) for key, one in sent.items()),
        *(
            (letter.sent_on, about[key], _title(letter), letter)
            for key, letter in letters.items()
            if key in named and key not in known and letter.is_sent
        ),
    ]
    unique: dict[tuple[str, str], Earlier] = {}
    for on, ids, what, carried in every:
        key = str(on or ""), what
        before = unique[key].about if key in unique else frozenset[int]()
        unique[key] = Earlier(on, what, before | ids, carried)
    return [unique[key] for key in sorted(unique)]


def _named(contact: Contact, letters: Mapping[int, Letter]) -> tuple[str, Letter | None]:
    letter = letters.get(contact.letter_id or 0)
    if letter:
        return _title(letter), letter
    return "our follow-up" if contact.substance is Substance.FOLLOW_UP else "our letter", None


def _title(letter: Letter) -> str:
    return f"“{letter.title}”" + (f", {letter.on_behalf_of}" if letter.on_behalf_of else "")
