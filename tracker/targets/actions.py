"""Recording targets and their names."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracker.accounts.viewer import Viewer
from tracker.core.countries import Place, countries
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.names import fold, romanise, script_of
from tracker.core.now import now, today
from tracker.history import actions as history
from tracker.records import actions as records
from tracker.records.models import Kind
from tracker.targets.merged import require_standing
from tracker.targets.models import (
    NameKind,
    RelationKind,
    Target,
    TargetIdentifier,
    TargetKind,
    TargetName,
    TargetRelation,
)

MOST_NAMES, MOST_IDENTIFIERS = 50, 50


@dataclass(frozen=True)
class TargetInput:
    """A target as a person, a file or the demo gives it. Names beside the first are aliases, or
    originals where they are in another script."""

    name: str
    kind: TargetKind
    other_names: tuple[str, ...] = ()
    position: str = ""
    born_on: PartialDate | None = None
    place: Place | None = None
    note: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()


def add_target(viewer: Viewer, given: TargetInput, intake: Intake | None = None) -> Target | None:
    """Record a target; nothing is returned where `intake` was given and noted a problem.

    Without an `intake`, problems raise `Refused`.
    """
    own = intake is None
    intake = intake or Intake()
    checked = _check(given, intake)
    if own:
        intake.done()
    if checked is None:
        return None
    target = Target()
    records.begin(target, viewer, Kind.TARGET)
    _fill(target, checked)
    records.index_terms(target)
    history.record(
        "target.added",
        actor_id=viewer.user_id,
        records=[target.id],
        body={"after": _snapshot(target)},
    )
    return target


def change_target(viewer: Viewer, target: Target, given: TargetInput, seen_version: int) -> None:
    """Change a target; what is saved as it stood changes nothing. Raises `Refused`, also for one
    for which another stands, `NotAllowed` or `Stale`."""
    records.require_edit(target, viewer)
    require_standing(viewer, target)
    intake = Intake()
    checked = _check(given, intake)
    intake.done()
    assert checked is not None
    before = _snapshot(target)
    records.require_current(target, seen_version)
    _fill(target, checked)
    body = history.difference(before, _snapshot(target))
    if not body:
        return
    records.touch(target)
    records.index_terms(target)
    history.record("target.changed", actor_id=viewer.user_id, records=[target.id], body=body)


def add_member(
    viewer: Viewer, class_target: Target, member: Target, since: PartialDate | None
) -> None:
    """Name a member of a class. Raises `Refused` for what is no class, or is one itself."""
    records.require_edit(class_target, viewer)
    require_standing(viewer, class_target)
    intake = Intake()
    if class_target.kind is not TargetKind.CLASS:
        intake.refuse("name", "Only a class has members.")
    if member.kind is TargetKind.CLASS:
        intake.refuse("name", "Name a person or body: a class is no member of a class.")
    named = _membership(class_target, member)
    if named is not None and named.voided_at is None:
        intake.refuse("name", f"{member.name} is named already.")
    since = intake.past("since", since, today=today())
    intake.done()
    if named is None:
        named = TargetRelation(from_id=class_target.id, to_id=member.id, kind=RelationKind.MEMBER)
        db.session.add(named)
    named.since, named.voided_at, named.void_reason = since, None, ""
    records.touch(class_target, beside=member)
    history.record(
        "target.changed",
        actor_id=viewer.user_id,
        records=[class_target.id, member.id],
        body={"after": {"member": member.reference, "since": since and str(since)}},
    )


def void_member(viewer: Viewer, class_target: Target, member: Target, reason: str) -> None:
    """Take back a member that was named in error. Raises `Refused` or `NotAllowed`."""
    records.require_edit(class_target, viewer)
    require_standing(viewer, class_target)
    intake = Intake()
    reason = intake.reason("reason", reason, "Say in a sentence what was wrong.")
    named = _membership(class_target, member)
    if named is None or named.voided_at is not None:
        intake.refuse("which", "It is not named here, or is void already.")
    intake.done()
    assert named is not None
    named.voided_at, named.void_reason = now(), reason
    records.touch(class_target, beside=member)
    history.record(
        "target.member_voided",
        actor_id=viewer.user_id,
        records=[class_target.id, member.id],
        body={"before": {"member": member.reference}, "reason": reason},
    )


def _membership(class_target: Target, member: Target) -> TargetRelation | None:
    return db.session.get(TargetRelation, (class_target.id, member.id, RelationKind.MEMBER))


def _check(given: TargetInput, intake: Intake) -> TargetInput | None:
    problems = len(intake.problems)
    name = intake.text(
        "name", given.name, Target.name, missing="Write a name, or describe the class of people."
    )
    others = [
        intake.text("other_names", other, TargetName.text)
        for other in given.other_names
        if other.strip()
    ]
    if len(others) > MOST_NAMES:
        intake.refuse("other_names", f"At most {MOST_NAMES} names: remove some.")
    if len(given.identifiers) > MOST_IDENTIFIERS:
        intake.refuse("identifiers", f"At most {MOST_IDENTIFIERS} identifiers: remove some.")
    place = given.place
    if place and place.country not in countries():
        intake.refuse("place", "Choose a country from the list.")
    if place:
        place = replace(place, region=intake.text("place", place.region, Target.region))
    checked = TargetInput(
        name=name,
        kind=given.kind,
        other_names=tuple(dict.fromkeys(o for o in others if o and o != name)),
        position=intake.text("position", given.position, Target.position),
        born_on=intake.past("born_on", given.born_on, today=today()),
        place=place,
        note=intake.text("note", given.note, Target.note, multiline=True),
        identifiers=tuple(
            (
                intake.text("identifiers", kind, TargetIdentifier.kind),
                intake.text("identifiers", value, TargetIdentifier.value),
            )
            for kind, value in given.identifiers[:MOST_IDENTIFIERS]
        ),
    )
    return checked if len(intake.problems) == problems else None


def _fill(target: Target, given: TargetInput) -> None:
    target.kind = given.kind
    target.name = given.name
    target.sort_name = romanise(given.name)[:80]
    target.position = given.position
    target.born_on = given.born_on
    target.country = given.place.country if given.place else ""
    target.region = given.place.region if given.place else ""
    target.note = given.note
    _set_names(target, given.name, given.other_names)
    wanted = dict.fromkeys(pair for pair in given.identifiers if pair[1])
    standing = {(i.kind, i.value): i for i in target.identifiers}
    target.identifiers = [
        standing.get(pair) or TargetIdentifier(kind=pair[0], value=pair[1]) for pair in wanted
    ]


def _set_names(target: Target, primary: str, others: Iterable[str]) -> None:
    standing = {name.text: name for name in target.names}
    names = [_name(primary, NameKind.PRIMARY, standing)]
    script = names[0].script
    for other in others:
        kind = NameKind.ALIAS if script_of(other) in (script, "Zyyy") else NameKind.ORIGINAL
        names.append(_name(other, kind, standing))
    target.names = names


def _name(text: str, kind: NameKind, standing: dict[str, TargetName]) -> TargetName:
    name = standing.get(text) or TargetName(
        text=text,
        script=script_of(text),
        folded=fold(text)[:600],
        latin=romanise(text)[:2000],
    )
    name.kind = kind
    return name


def _snapshot(target: Target) -> dict[str, object]:
    return {
        "kind": target.kind,
        "name": target.name,
        "other_names": [n.text for n in target.names if n.kind is not NameKind.PRIMARY],
        "position": target.position,
        "born_on": str(target.born_on or ""),
        "place": target.place.typed if target.place else "",
        "note": target.note,
        "identifiers": [f"{i.kind}: {i.value}" for i in target.identifiers],
    }
