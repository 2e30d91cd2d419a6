"""Recording sources and citing them."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import NamedTuple

from sqlalchemy import func, select, update

from tracker.accounts.models import User
from tracker.accounts.viewer import Viewer
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.names import romanise
from tracker.core.now import now, today
from tracker.history import actions as history
from tracker.records import actions as records
from tracker.records.models import Audience, Kind, RecordMixin
from tracker.records.queries import may_edit
from tracker.records.widths import Width, widths
from tracker.sources import queries
from tracker.sources.models import Source, SourceUse

# no word of more than three letters in it: a code, and hardly a name
OPAQUE = re.compile(r"(?=.{1,60}$)(?=.*[0-9])(?!.*[A-Za-z]{4})[A-Za-z0-9][A-Za-z0-9./-]*")

KEPT_ELSEWHERE = "Its identity is kept elsewhere now, or with somebody else."


@dataclass(frozen=True)
class SourceInput:
    """A source as it is given, with what it is cited for."""

    title: str = ""
    url: str = ""
    publisher: str = ""
    published_on: PartialDate | None = None
    shows: str = ""
    note: str = ""
    opaque: str = ""  # the reference of a source at risk, which has nothing else but
    kept_where: str = ""  # where, outside this program, its identity is kept

    @property
    def is_protected(self) -> bool:
        """It is a source at risk."""
        return bool(self.opaque.strip() or self.kept_where.strip())

    @property
    def is_blank(self) -> bool:
        """Nothing was filled in."""
        said = (self.title, self.url, self.publisher, self.opaque, self.kept_where)
        return not any(text.strip() for text in said)


def check(
    given: SourceInput, intake: Intake, *, is_protected: bool | None = None
) -> SourceInput | None:
    """The source cleaned, ready to be cited; nothing where problems were noted in `intake`. Whether
    it is one at risk follows from what was filled in, unless that is known."""
    problems = len(intake.problems)
    if given.is_protected if is_protected is None else is_protected:
        good = _check_protected(given, intake)
        return good if len(intake.problems) == problems else None
    good = SourceInput(
        title=intake.text("title", given.title, Source.title),
        url=intake.url("url", given.url, Source.url),
        publisher=intake.text("publisher", given.publisher, Source.publisher),
        published_on=intake.past("published_on", given.published_on, today=today()),
        shows=intake.text("shows", given.shows, SourceUse.shows),
        note=intake.text("note", given.note, Source.note, multiline=True),
    )
    if not good.title and not good.url:
        intake.refuse("title", "Write a title or a web address, or leave the source out.")
    return good if len(intake.problems) == problems else None


def _check_protected(given: SourceInput, intake: Intake) -> SourceInput:
    """A source at risk: a reference that tells nothing, and where to ask. What could name it has no
    place here."""
    for name in ("title", "url", "publisher", "note"):
        if str(getattr(given, name)).strip():
            intake.refuse(name, "A protected source has only its reference. Leave this empty.")
    if given.published_on is not None:
        intake.refuse("published_on", "A protected source has no date. Leave this empty.")
    opaque = intake.text("opaque", given.opaque, Source.title, missing="Give it a reference.")
    if opaque and not OPAQUE.fullmatch(opaque):
        intake.refuse(
            "opaque",
            "Give it a code such as W-17, of up to 60 letters, digits and dashes, with a digit in "
            "it and no word: never a name, nor letters that stand for one.",
        )
    return SourceInput(
        shows=intake.text("shows", given.shows, SourceUse.shows),
        opaque=opaque,
        kept_where=intake.text(
            "kept_where",
            given.kept_where,
            Source.kept_where,
            missing="Say where, outside this program, its identity is kept, or who to ask.",
        ),
    )


def change_source(viewer: Viewer, source: Source, given: SourceInput, seen_version: int) -> None:
    """Change what is said of a source; what is saved as it stood changes nothing. One at risk stays
    one, and a published one is never made one. Raises `Refused`, `NotAllowed` or `Stale`."""
    records.require_edit(source, viewer)
    intake = Intake()
    good = check(given, intake, is_protected=source.is_protected)
    if good and source.audience is Audience.PUBLIC and not good.url:
        intake.refuse(
            "url", "It is public, so anybody must find it: keep an address, or narrow it first."
        )
    intake.done()
    assert good is not None
    before, kept_where = _snapshot(source), source.kept_where
    records.require_current(source, seen_version)
    _fill(source, good)
    body = history.difference(before, _snapshot(source))
    if source.kept_where != kept_where:
        body["note"] = KEPT_ELSEWHERE
    if not body:
        return
    records.touch(source)
    records.index_terms(source)
    history.record("source.changed", actor_id=viewer.user_id, records=[source.id], body=body)


def cite(viewer: Viewer, row: RecordMixin, given: SourceInput, intake: Intake) -> Source | None:
    """Cite a source for a record. A source of the same address and title that the viewer's own
    organisation holds is used again, if that makes neither wider than what cites it. Problems are
    noted in `intake`, and then nothing is returned."""
    return cite_for_all(viewer, [row], given, intake)


def cite_for_all(
    viewer: Viewer, rows: Sequence[RecordMixin], given: SourceInput, intake: Intake
) -> Source | None:
    """Cite one source for some records, in a fixed number of statements; else as `cite`."""
    good = check(given, intake)
    if good is None:
        return None
    same = queries.same(viewer, _title(good), good.url, is_protected=good.is_protected)
    width = _narrowest(widths([row.id for row in rows], rows[0].organisation_id).values())
    source = _fitting(same, width) or _add(viewer, good, width)
    _use(rows, source, good.shows)
    return source


def _narrowest(found: Iterable[Width]) -> Width:
    """As wide as some records all are; at least one."""
    return reduce(Width.within, found)


def _fitting(same: Sequence[Source], width: Width) -> Source | None:
    """A source that records of this width can share: it is no wider than they, and what cites it is
    no narrower, which would keep it from their readers for good."""
    for source, own, citing in _with_citing(same):
        if own.is_within(width) and all(width.is_within(other) for other in citing.values()):
            return source
    return None


def _with_citing(sources: Sequence[Source]) -> list[tuple[Source, Width, dict[int, Width]]]:
    """Sources of one organisation, each with its width and that of each record that cites it."""
    if not sources:
        return []
    citing = queries.citing(source.id for source in sources)
    ids = {key for keys in citing.values() for key in keys} | {source.id for source in sources}
    known = widths(ids, sources[0].organisation_id)
    return [
        (source, known[source.id], {key: known[key] for key in citing.get(source.id, ())})
        for source in sources
    ]


class Bound(NamedTuple):
    """What became of sources that were wider than a record that cites them."""

    narrowed: list[Source]
    copied: list[Source]  # for what is narrower; they stay as they were
    unbound: list[tuple[Source, list[int]]]  # must stay as wide, with what is narrower


def keep_within(
    viewer: Viewer, sources: Sequence[Source], reason: str, widened: Mapping[int, Width]
) -> Bound:
    """See that no source is wider than a record that cites it. A published one without files that
    wider records cite too is copied for the narrower ones; any other becomes as narrow, unless it
    is one of those that are being `widened`, from how wide they were, which is the caller's to
    refuse."""
    bound = Bound([], [], [])
    with_files = queries.with_files([source.id for source in sources])
    for source, own, citing in _with_citing(sources):
        narrower = [key for key, width in citing.items() if not own.is_within(width)]
        if not narrower:
            continue
        limit = _limit(own, [citing[key] for key in narrower])
        if limit == own and own.is_within(widened.get(source.id, own)):
            continue  # it stays with whom it is named for: nobody else is to read it
        if len(narrower) < len(citing) and source.is_published and source.id not in with_files:
            before = widened.get(source.id, own).within(limit)
            _copy(viewer, source, narrower, limit if before.is_nobodys else before)
            bound.copied.append(source)
        elif source.id in widened:
            bound.unbound.append((source, narrower))
        else:
            people = limit.people or _left_to(viewer, source)
            why = "What cites it is for fewer people now." if limit.is_nobodys else reason
            records.give_audience(viewer, source, limit.audience, people, why)
            bound.narrowed.append(source)
    return bound


def _limit(own: Width, citing: Iterable[Width]) -> Width:
    """As wide as a source may be beside what cites it; of what has nobody in common with the people
    that it is named for, it keeps clear, and no more."""
    limit = own
    for width in citing:
        closer = limit.within(width)
        if own.audience is not Audience.NAMED or not closer.is_nobodys:
            limit = closer
    return limit


def _left_to(viewer: Viewer, source: Source) -> set[int | None]:
    """To whom a source of the house is left where nobody of it reads all that cites it: who
    recorded it, if they are of the house still, or else whoever acts, who read it until now."""
    user = db.session.get(User, source.created_by_id or 0)
    is_there = user is not None and may_edit(source, Viewer.of(user))
    return {source.created_by_id if is_there else viewer.user_id}


def _copy(viewer: Viewer, source: Source, narrower: Collection[int], width: Width) -> None:
    """Give records a copy of a source, of a width of its own."""
    given = SourceInput(source.title, source.url, source.publisher, source.published_on)
    copy = _add(viewer, replace(given, note=source.note), width)
    since = records.set_audience(copy, width.audience)
    if width.audience is Audience.NAMED:
        records.set_grants(copy.id, width.people or _left_to(viewer, source), since)
    uses = SourceUse.source_id == source.id, SourceUse.record_id.in_(narrower)
    db.session.execute(update(SourceUse).where(*uses).values(source_id=copy.id))
    history.record(
        "source.divided",
        actor_id=viewer.user_id,
        records=[copy.id, *narrower],
        body={"before": {"source": source.reference}, "after": {"source": copy.reference}},
    )


def void_use(viewer: Viewer, row: RecordMixin, source: Source, reason: str) -> None:
    """Take back a citation that was made in error. Raises `Refused` or `NotAllowed`."""
    records.require_edit(row, viewer)
    intake = Intake()
    reason = intake.reason("reason", reason, "Say in a sentence what was wrong.")
    use = db.session.get(SourceUse, (row.id, source.id))
    if use is None or use.voided_at is not None:
        intake.refuse("which", "It is not cited here, or is void already.")
    elif row.audience is Audience.PUBLIC and not queries.has_published(row.id, but=source.id):
        intake.refuse(
            "which",
            "A public record needs a published source. Cite and share another, or narrow it first.",
        )
    intake.done()
    assert use is not None
    use.voided_at, use.void_reason = now(), reason
    records.touch(row, beside=source)
    history.record(
        "source.voided",
        actor_id=viewer.user_id,
        records=[row.id, source.id],
        body={"before": {"source": source.reference, "shows": use.shows}, "reason": reason},
    )


def _title(given: SourceInput) -> str:
    return given.opaque or given.title or given.url[:300]


def _add(viewer: Viewer, given: SourceInput, widest: Width) -> Source:
    source = Source(is_protected=given.is_protected)
    _fill(source, given)
    records.begin(source, viewer, Kind.SOURCE)
    db.session.flush()
    if widest.audience is Audience.NAMED:
        # of those named for a record only the owner's people: others see it if they are told
        own = widths([source.id], source.organisation_id)[source.id]
        since = records.set_audience(source, widest.audience)
        records.set_grants(source.id, widest.within(own).people, since)
    records.index_terms(source)
    history.record(
        "source.added",
        actor_id=viewer.user_id,
        records=[source.id],
        body={"after": {"title": source.title, "url": source.url}},
    )
    return source


def _fill(source: Source, given: SourceInput) -> None:
    source.title = _title(given)
    source.sort_title = romanise(source.title)[:80]
    source.kept_where = given.kept_where
    source.publisher, source.published_on = given.publisher, given.published_on
    source.url, source.note = given.url, given.note


def _snapshot(source: Source) -> dict[str, object]:
    """What the history tells of a source: not where its identity is kept, which is the house's."""
    return {
        "title": source.title,
        "publisher": source.publisher,
        "published_on": source.published_on and str(source.published_on),
        "url": source.url,
        "note": source.note,
    }


def _use(rows: Sequence[RecordMixin], source: Source, shows: str) -> None:
    ids = [row.id for row in rows]
    citing = select(SourceUse).where(SourceUse.source_id == source.id, SourceUse.record_id.in_(ids))
    known = {use.record_id: use for use in db.session.scalars(citing)}
    for use in known.values():
        if use.voided_at is not None:
            use.voided_at, use.void_reason, use.shows = None, "", shows
    last = _last_positions([key for key in ids if key not in known])
    db.session.add_all(
        SourceUse(record_id=key, source_id=source.id, position=place + 1, shows=shows)
        for key, place in last.items()
    )
    db.session.flush()


def _last_positions(ids: Sequence[int]) -> dict[int, int]:
    """The place of the last citation of each record; 0 where there is none."""
    statement = (
        select(SourceUse.record_id, func.max(SourceUse.position))
        .where(SourceUse.record_id.in_(ids))
        .group_by(SourceUse.record_id)
    )
    return dict.fromkeys(ids, 0) | dict(db.session.execute(statement).all())
