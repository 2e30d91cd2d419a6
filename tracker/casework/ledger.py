"""The ledger of an ask: a row for each target, a column for each authority, and in the cells what
became of the one at the other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Outcome, Recommendation
from tracker.targets import queries as targets
from tracker.targets.models import Target, TargetKind

# where a measure is looked for whatever was asked, by the topmost body: what heads the column
USUAL = {
    "commerce": "Commerce, BIS",
    "treasury": "Treasury, OFAC",
    "state": "State",
    "uk-government": "UK",
    "european-union": "EU",
    "canada": "Canada",
}
Cells = Mapping[tuple[int | None, int | None], Sequence[Outcome]]  # by target and topmost body


@dataclass(frozen=True)
class Column:
    """An authority: the topmost body of those that act for it, or none where none is named."""

    body_id: int | None
    head: str
    is_asked: bool  # it decides on what was asked


@dataclass(frozen=True)
class Row:
    """A target with, of a class, its named members; or the ask as a whole. Outcomes by column."""

    target: Target | None
    members: Sequence[Target]
    cells: Sequence[Sequence[Outcome]]
    is_asked_about: bool = True  # or only an outcome names it: once a member of a class, perhaps


@dataclass(frozen=True)
class Ledger:
    """The columns, and the rows with a cell for each."""

    columns: Sequence[Column]
    rows: Sequence[Row]


def ledger(
    viewer: Viewer,
    ask: Recommendation,
    asked_about: Sequence[Target],
    credited: Sequence[Outcome],
    tree: agencies.Tree,
) -> Ledger:
    """The ledger of what the viewer may see: each credited outcome stands in one cell."""
    columns = _columns(ask, credited, tree)
    classes = [target.id for target in asked_about if target.kind is TargetKind.CLASS]
    members = targets.members_of(viewer, classes) if classes else {}
    cells: dict[tuple[int | None, int | None], list[Outcome]] = defaultdict(list)
    for outcome in credited:
        body = tree.head(outcome.authority_id) if outcome.authority_id else None
        cells[outcome.target.id if outcome.target else None, body].append(outcome)
    rows = [_row(target, members.get(target.id, []), columns, cells) for target in asked_about]
    shown = {target.id for row in rows for target in (row.target, *row.members) if target}
    left = {o.target.id: o.target for o in credited if o.target and o.target.id not in shown}
    targets.load_names(left.values())
    others = [_row(each, [], columns, cells) for each in left.values()]
    rows += [replace(row, is_asked_about=False) for row in others]
    # a control is asked of a technology, and may name nobody
    is_of_things = not rows and ask.instrument is Instrument.EXPORT_CONTROL
    if is_of_things or any(target_id is None for target_id, _ in cells):
        rows.append(_row(None, [], columns, cells))
    return Ledger(columns, rows)


def _columns(ask: Recommendation, outcomes: Sequence[Outcome], tree: agencies.Tree) -> list[Column]:
    """The authority that decides, then the usual ones, then others that acted."""
    heads = {tree.ids[slug]: head for slug, head in USUAL.items() if slug in tree.ids}
    for body in (ask.decided_by, *(outcome.authority for outcome in outcomes)):
        if body is not None:
            heads.setdefault(tree.head(body.id), body.short_name)
    decider = tree.head(ask.decided_by.id) if ask.decided_by else None
    columns = [Column(key, head, key == decider) for key, head in heads.items()]
    if any(outcome.authority is None for outcome in outcomes):
        columns.append(Column(None, "Not named", is_asked=False))
    return sorted(columns, key=lambda column: not column.is_asked)


def _row(
    target: Target | None, members: Sequence[Target], columns: Sequence[Column], cells: Cells
) -> Row:
    about = [target.id if target else None, *(member.id for member in members)]
    return Row(
        target,
        members,
        [[o for key in about for o in cells.get((key, column.body_id), [])] for column in columns],
    )
