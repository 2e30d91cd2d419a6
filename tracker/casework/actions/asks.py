"""Recording and changing asks, their status and what is done next with them."""

import re
from collections.abc import Sequence

from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency
from tracker.casework.actions import spans
from tracker.casework.actions.addressees import (
    Addressed,
    addressed,
    put_to,
    refuse_loss_of_asked,
)
from tracker.casework.actions.settle import settle
from tracker.casework.inputs import AskInput, ControlInput, NextInput
from tracker.core.countries import Place, countries
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.errors import Refused, Stale
from tracker.core.intake import Intake
from tracker.core.names import romanise
from tracker.core.now import today
from tracker.history import actions as history
from tracker.recommendations.instruments import FACTS, Instrument
from tracker.recommendations.models import (
    ControlledItem,
    Recommendation,
    RecommendationPlace,
    RecommendationTarget,
    Status,
)
from tracker.recommendations.workflow import Change
from tracker.records import actions as records
from tracker.records.models import HangsOnRecord, Kind, RecordMixin
from tracker.records.readers import Owned, seen_by_all
from tracker.sources import actions as sources
from tracker.sources.actions import SourceInput
from tracker.sources.models import Source
from tracker.targets import actions as targets
from tracker.targets import queries as target_queries
from tracker.targets.models import Target

MOST_TARGETS, MOST_CONTROLS, MOST_PLACES = 60, 20, 40
# Export Control Classification Number: 15 CFR part 774, supplement 1, and 15 CFR 734.3(c)
ECCN = re.compile(r"EAR99|[0-9][A-E][0-9]{3}(\.[A-Z0-9]+)*")


def add_ask(viewer: Viewer, given: AskInput) -> Recommendation:
    """Record an ask that has not been sent: a draft of the viewer's organisation, from today on.

    Raises `Refused` with every problem at its field.
    """
    intake = Intake()
    check_sources(given.sources, intake)
    bodies = [body for body in addressed(given.addressees, intake) if body]
    ask = new_ask(viewer, given, bodies, intake)
    intake.done()
    assert ask is not None
    cite_all(viewer, [ask], given.sources)
    draft = Change(Status.DRAFT, PartialDate.of(today()))
    spans.take_steps(viewer, [(ask, draft, None)])
    settle([ask])
    return ask


def new_ask(
    viewer: Viewer, given: AskInput, addressees: Sequence[Addressed], intake: Intake
) -> Recommendation | None:
    """An ask with its places, targets, controls and addressees, without sources, status or clocks.
    Problems are noted in `intake`; where it holds any, nothing is written and returned."""
    ask = Recommendation(status=Status.DRAFT, version=1)
    _fill(ask, given, intake)
    found_targets = _targets(viewer, given, intake)
    tags = records.check_tags(given.tags or (), intake)
    if intake.problems:
        return None
    records.begin(ask, viewer, Kind.RECOMMENDATION)
    put_to(ask, addressees)
    _copy_audience(ask)
    _set_targets(ask, found_targets)
    db.session.flush()
    records.index_terms(ask)
    records.set_tags(viewer, ask, tags)
    history.record(
        "recommendation.recorded",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"after": snapshot(ask)},
    )
    return ask


def check_sources(given: Sequence[SourceInput], intake: Intake) -> None:
    """Note the problems of several sources, each at its own, before anything is written."""
    for position, source in enumerate(given):
        sources.check(source, intake.under(f"sources-{position}"))


def cite_all(viewer: Viewer, rows: Sequence[RecordMixin], given: Sequence[SourceInput]) -> None:
    """Cite several sources, which were checked, in their order, for each of some records."""
    for source in given:
        sources.cite_for_all(viewer, rows, source, Intake())


def change_ask(viewer: Viewer, ask: Recommendation, given: AskInput, seen_version: int) -> None:
    """Change what an ask says. `ask` is loaded with its parts. Raises `Refused`, `NotAllowed`, or
    `Stale` where somebody saved in the meantime."""
    records.require_edit(ask, viewer)
    records.require_current(ask, seen_version)
    before, targets_before = snapshot(ask), [link.target for link in ask.target_links]
    intake = Intake()
    _fill(Recommendation(), given, intake)  # a trial: what is refused must not reach the row
    found_targets = _targets(viewer, given, intake)
    bodies = [body for body in addressed(given.addressees, intake) if body]
    refuse_loss_of_asked(ask, bodies, intake)
    tags = records.check_tags(given.tags or (), intake)
    intake.done()
    _fill(ask, given, intake)
    put_to(ask, bodies)
    _copy_audience(ask)
    _set_targets(ask, found_targets, keep_unseen_by=viewer)
    is_tagged = given.tags is not None and records.set_tags(viewer, ask, tags)
    db.session.flush()
    records.index_terms(ask)
    body = history.difference(before, snapshot(ask))
    changed = body.get("after", {}).keys()
    if changed:
        history.record(
            "recommendation.changed", actor_id=viewer.user_id, records=[ask.id], body=body
        )
    if is_tagged or changed - {"targets"} or _has_other_targets(ask, targets_before):
        records.touch(ask)
    settle([ask], viewer, corrected="instrument" in changed)


def _has_other_targets(ask: Recommendation, before: Sequence[Target]) -> bool:
    """Whether the targets that all readers of the ask see are others now, or in another order."""
    now = [link.target for link in ask.target_links]
    pairs = [(Owned.of(ask), Owned.of(target)) for target in {*before, *now}]
    seen = {target_id for _, target_id in seen_by_all(pairs)}
    return [t for t in before if t.id in seen] != [t for t in now if t.id in seen]


def set_next(viewer: Viewer, ask: Recommendation, given: NextInput, seen_plan: int) -> None:
    """Say who does what next, and by when. That is the owner's own affair: it makes a new version
    of the plan, of which the person saw `seen_plan`, and none of the ask. Raises `Refused`,
    `NotAllowed` or `Stale`."""
    records.require_edit(ask, viewer)
    if ask.plan_version != seen_plan:
        raise Stale
    intake = Intake()
    action = intake.text("next_action", given.next_action, Recommendation.next_action)
    if given.next_action_on is not None and not action:
        intake.refuse("next_action", "Say what is to be done on that day.")
    colleagues = {user.id for user in accounts.colleagues(viewer)}
    if given.assignee_id is not None and given.assignee_id not in colleagues:
        intake.refuse("assignee", "Choose a colleague of your organisation.")
    intake.done()
    before = _next_of(ask)
    ask.assignee_id = given.assignee_id
    ask.next_action = action
    ask.next_action_on = given.next_action_on
    after = _next_of(ask)
    if after == before:
        return
    ask.plan_version += 1
    history.record(
        "recommendation.changed",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"before": before, "after": after},
    )


def cite(viewer: Viewer, ask: Recommendation, given: SourceInput) -> Source:
    """Add a piece of evidence to an ask. Raises `Refused` or `NotAllowed`."""
    records.require_edit(ask, viewer)
    intake = Intake()
    source = sources.cite(viewer, ask, given, intake)
    intake.done()
    assert source is not None
    records.touch(ask, beside=source)
    history.record(
        "source.cited",
        actor_id=viewer.user_id,
        records=[ask.id, source.id],
        body={"after": {"source": source.reference, "shows": given.shows}},
    )
    return source


def void_evidence(viewer: Viewer, ask: Recommendation, source: Source | None, reason: str) -> None:
    """Take back a piece of evidence that was added in error. Raises `Refused` or `NotAllowed`."""
    if source is None:
        raise Refused({"which": "Choose one of the sources of the ask."})
    sources.void_use(viewer, ask, source, reason)


# ---- the parts of an ask


def _fill(ask: Recommendation, given: AskInput, intake: Intake) -> None:
    ask.instrument = given.instrument
    ask.seeks = given.seeks
    ask.title = intake.text(
        "title", given.title, Recommendation.title, missing="Say in one line what is asked."
    )
    ask.sort_title = romanise(ask.title)[:80]
    ask.request = intake.text("request", given.request, Recommendation.request, multiline=True)
    ask.legal_basis = intake.text("legal_basis", given.legal_basis, Recommendation.legal_basis)
    ask.ground = given.ground
    ask.abuse = intake.text("abuse", given.abuse, Recommendation.abuse, multiline=True)
    ask.newest_conduct_on = intake.past("newest_conduct_on", given.newest_conduct_on, today=today())
    ask.decided_by = _decider(given, intake)
    _set_places(ask, given, intake)
    _set_controls(ask, given, intake)


def _decider(given: AskInput, intake: Intake) -> Agency | None:
    slug = given.decided_by or FACTS[given.instrument].decider
    agency = agencies.by_slug(slug) if slug else None
    if given.decided_by and agency is None:
        intake.refuse("decided_by", "Choose a body from the list.")
    return agency


def _set_places(ask: Recommendation, given: AskInput, intake: Intake) -> None:
    if len(given.places) > MOST_PLACES:
        intake.refuse("places", f"At most {MOST_PLACES} places: remove some.")
    standing = {row.place: row for row in ask.places}
    rows = []
    for position, place in enumerate(dict.fromkeys(_place(each, intake) for each in given.places)):
        row = standing.get(place) or RecommendationPlace(country=place.country, region=place.region)
        row.position = position
        rows.append(row)
    ask.places = rows


def _place(given: Place, intake: Intake) -> Place:
    if given.country not in countries():
        intake.refuse("places", "Choose countries from the list.")
    return Place(given.country, intake.text("places", given.region, RecommendationPlace.region))


def _set_controls(ask: Recommendation, given: AskInput, intake: Intake) -> None:
    if given.instrument is not Instrument.EXPORT_CONTROL and given.controls:
        intake.refuse("controls", "Only an export-control ask names controlled items.")
    if given.instrument is Instrument.EXPORT_CONTROL and not given.controls:
        intake.refuse("controls", "Name the technology, end use or end user to be controlled.")
    if len(given.controls) > MOST_CONTROLS:
        intake.refuse("controls", f"At most {MOST_CONTROLS} controlled items: remove some.")
    ask.controls = [
        _control(item, position, intake.under(f"controls-{position}"))
        for position, item in enumerate(given.controls[:MOST_CONTROLS])
    ]


def _control(given: ControlInput, position: int, intake: Intake) -> ControlledItem:
    def text(name: str, *, multiline: bool = False, missing: str = "") -> str:
        column = getattr(ControlledItem, name)
        return intake.text(name, getattr(given, name), column, multiline=multiline, missing=missing)

    place = given.destination
    eccn = text("eccn").upper()
    if not all(ECCN.fullmatch(each) for each in re.split(r"[,;\s]+", eccn) if each):
        intake.refuse("eccn", "Write the number as the list does: 3A981, 3A991.b, or EAR99.")
    return ControlledItem(
        position=position,
        control_type=given.control_type,
        technology=text("technology", missing="Name the technology, or what it is used for."),
        models=text("models"),
        supplier=text("supplier"),
        eccn=eccn,
        eccn_status=given.eccn_status,
        destination_country=place.country if place else "",
        destination_region=(
            intake.text("destination", place.region, ControlledItem.destination_region)
            if place
            else ""
        ),
        end_user=text("end_user"),
        end_use=text("end_use"),
        reason_for_control=text("reason_for_control"),
        licence_policy=text("licence_policy"),
        diversion_evidence=text("diversion_evidence", multiline=True),
    )


def _targets(viewer: Viewer, given: AskInput, intake: Intake) -> list[Target]:
    """The targets of an ask, new ones made; problems noted at each target's fields."""
    # an export control may name a technology and no culprit
    if not given.targets and given.instrument is not Instrument.EXPORT_CONTROL:
        intake.refuse(
            "targets", "Name a target, or describe the class of people or bodies that it is about."
        )
    if len(given.targets) > MOST_TARGETS:
        intake.refuse("targets", f"At most {MOST_TARGETS} targets: remove some.")
        return []
    references = [target for target in given.targets if isinstance(target, str)]
    known = target_queries.by_references(viewer, references)
    found: list[Target] = []
    for position, target in enumerate(given.targets):
        under = intake.under(f"targets-{position}")
        if isinstance(target, str):
            row = known.get(target)
            if row is None:
                under.refuse("name", "No such target is on record. Choose one, or name a new one.")
        else:
            row = targets.add_target(viewer, target, under)
        if row is not None and row not in found:
            found.append(row)
    return found


def _set_targets(
    ask: Recommendation, wanted: Sequence[Target], *, keep_unseen_by: Viewer | None = None
) -> None:
    """Link the targets. On a change, links to targets that the viewer may not see stay as they are:
    nobody removes what they cannot see."""
    standing = {link.target_id: link for link in ask.target_links}
    links = []
    for target in wanted:
        links.append(standing.get(target.id) or RecommendationTarget(target_id=target.id))
        links[-1].target = target
    if keep_unseen_by is not None:
        seen = target_queries.visible_ids(keep_unseen_by, standing)
        links += [link for target_id, link in standing.items() if target_id not in seen]
    for position, link in enumerate(links):
        link.position = position
    ask.target_links = links


def _copy_audience(ask: Recommendation) -> None:
    children: list[HangsOnRecord] = [*ask.places, *ask.addressees]
    for child in children:
        records.copy_audience(child, ask)


# ---- what history says of an ask


def snapshot(ask: Recommendation) -> dict[str, object]:
    """The fields of an ask as history keeps them; targets by reference, so that nobody learns a
    name from it."""
    return {
        "title": ask.title,
        "instrument": ask.instrument,
        "seeks": ask.seeks,
        "request": ask.request,
        "legal_basis": ask.legal_basis,
        "ground": ask.ground or "",
        "abuse": ask.abuse,
        "newest_conduct_on": str(ask.newest_conduct_on or ""),
        "decided_by": ask.decided_by.slug if ask.decided_by else "",
        "places": [row.place.typed for row in ask.places],
        "targets": [link.target.reference for link in ask.target_links],
        "addressees": _addressee_names(ask),
        "controls": [_control_snapshot(item) for item in ask.controls],
    }


def _addressee_names(ask: Recommendation) -> list[str]:
    slugs = agencies.by_ids(row.agency_id for row in ask.addressees)
    return [
        ", ".join(
            part
            for part in (row.official, row.office_title, slugs[row.agency_id].short_name)
            if part
        )
        for row in ask.addressees
    ]


def _control_snapshot(item: ControlledItem) -> dict[str, object]:
    names = ControlledItem.__table__.columns.keys()
    return {
        name: getattr(item, name)
        for name in names
        if name not in ("id", "recommendation_id", "position") and getattr(item, name)
    }


def _next_of(ask: Recommendation) -> dict[str, object]:
    return {
        "assignee": ask.assignee_id,
        "next_action": ask.next_action,
        "next_action_on": ask.next_action_on.isoformat() if ask.next_action_on else "",
    }
