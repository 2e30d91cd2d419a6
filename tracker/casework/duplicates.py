"""Asking once whether a target, a letter or an ask is on record already, before it is recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracker.accounts.viewer import Viewer
from tracker.casework import repeats
from tracker.casework.forms import AskForm, LetterForm, TargetForm, folded
from tracker.casework.growing import Offers
from tracker.casework.repeats import Repeated, unsaid
from tracker.casework.rows import AskFields, TargetRow
from tracker.core.dates import BadDate
from tracker.core.errors import Refused
from tracker.core.text import BadText, clean
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
    repeated: Repeated | None = None
    found: dict[str, list[Found]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    rows: dict[str, str] = field(default_factory=dict)
    were_said: bool = False

    def say(self) -> None:
        """Raise `Refused`, if there are any. The form remembers of which names it was said."""
        said = {f"{path}name": SAID for path in self.found} | unsaid(self.form, self.repeated)
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


def doubles(form: TellingForm, viewer: Viewer, *, is_new: bool = True) -> Doubles:
    """The new targets of a form that may be on record already, and the letter or the ask that is
    new, as far as the viewer may see them, but for those of which that was said before. To be asked
    before anything is written."""
    told = set(form.told.names)
    new = {}
    for path, name, row in _rows(form):
        typed = (row.name.data or "", *lines(row.other_names.data))
        if folded(typed[0]) not in told and not _is_known(row):
            new[path, name] = typed
    known = alike(viewer, (text for typed in new.values() for text in typed))
    found = Doubles(form, _repeated(form, viewer) if is_new else None)
    for (path, name), typed in new.items():
        hits = {hit.target.id: hit for text in typed for hit in known.get(text, [])}
        if hits:
            found.found[path] = list(hits.values())
            found.rows[path] = name
            found.names.append(folded(typed[0]))
    return found


def _repeated(form: TellingForm, viewer: Viewer) -> Repeated | None:
    try:
        if isinstance(form, LetterForm):
            return repeats.letter(viewer, clean(form.title.data or ""), form.written_on.date)
        if isinstance(form, AskForm) and form.instrument.word:
            return repeats.ask(viewer, clean(form.title.data or ""), form.instrument.word)
    except (BadDate, BadText):
        pass  # which is said at its field
    return None


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
