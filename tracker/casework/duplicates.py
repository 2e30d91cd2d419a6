"""Asking once whether a target, or a letter, that is about to be recorded is on record already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracker.accounts.viewer import Viewer
from tracker.casework.forms import AskForm, LetterForm, TargetForm, folded
from tracker.casework.growing import Offers
from tracker.casework.rows import AskFields, TargetRow
from tracker.core.dates import BadDate
from tracker.core.errors import Refused
from tracker.core.text import BadText, clean
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Letter
from tracker.targets.alike import alike
from tracker.targets.queries import Found
from tracker.web.forms import lines

SAID = (
    "This may be on record already: choose it below, or save again to record yours as another one."
)
TellingForm = LetterForm | AskForm | TargetForm
NewTarget = TargetRow | TargetForm


@dataclass
class Doubles:
    """What may be on record already, by where in the form it stands; and whether it was said."""

    form: TellingForm
    found: dict[str, list[Found]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    rows: dict[str, str] = field(default_factory=dict)
    letter: Letter | None = None
    were_said: bool = False

    def say(self) -> None:
        """Raise `Refused`, if there are any. The form remembers of which names it was said."""
        said = {f"{path}name": SAID for path in self.found}
        if self.letter is not None:
            said["title"] = (
                f"A letter of this title and day is on record: {self.letter.reference}. Open it, "
                "or save again to record yours as another one."
            )
        if not said:
            return
        self.form.told.add(self.names)
        self.were_said = True
        raise Refused(said)

    def offer(self, offers: Offers) -> Offers:
        """Put them among the offers of the form, where they were said."""
        if self.were_said:
            found = {self.rows[path]: hits for path, hits in self.found.items()}
            offers.targets |= found
            offers.searched |= set(found)
        return offers


def doubles(form: TellingForm, viewer: Viewer) -> Doubles:
    """The new targets of a form that may be on record already, and the letter, as far as the viewer
    may see them, but for those of which that was said before. To be asked before anything is
    written."""
    told = set(form.told.names)
    new = {}
    for path, name, row in _rows(form):
        typed = (row.name.data or "", *lines(row.other_names.data))
        if folded(typed[0]) not in told and not _is_known(row):
            new[path, name] = typed
    known = alike(viewer, (text for typed in new.values() for text in typed))
    found = Doubles(form)
    for (path, name), typed in new.items():
        hits = {hit.target.id: hit for text in typed for hit in known.get(text, [])}
        if hits:
            found.found[path] = list(hits.values())
            found.rows[path] = name
            found.names.append(folded(typed[0]))
    if isinstance(form, LetterForm) and (title := folded(form.title.data or "")) not in told:
        found.letter = _same_letter(form, viewer)
        found.names += [title] if found.letter else []
    return found


def _same_letter(form: LetterForm, viewer: Viewer) -> Letter | None:
    try:
        title, day = clean(form.title.data or ""), form.written_on.date
    except (BadDate, BadText):
        return None  # which is said at its field
    return correspondence.same(viewer, title, day)


def _is_known(row: NewTarget) -> bool:
    return isinstance(row, TargetRow) and bool(row.ref.data)


def _rows(form: TellingForm) -> Iterator[tuple[str, str, NewTarget]]:
    """Every target of a form: the path of its problems, the name of its row, itself."""
    if isinstance(form, LetterForm):
        for position, ask in enumerate(form.asks):
            yield from _of_ask(f"asks-{position}-", ask.form)
    elif isinstance(form, AskForm):
        yield from _of_ask("", form)
    else:
        yield "", "", form


def _of_ask(path: str, form: AskFields) -> Sequence[tuple[str, str, NewTarget]]:
    return [
        (f"{path}targets-{position}-", entry.name, entry.form)
        for position, entry in enumerate(form.targets)
    ]
