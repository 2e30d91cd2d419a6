"""Two people change one record: who saves second sees both texts, and chooses field by field.

A form carries a digest of each field as its person first saw it. With it three states can be told
apart: what only the other changed is taken over, what only this person changed is kept, and what
both changed is put side by side.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2s
from typing import Any

from flask import request
from markupsafe import Markup, escape
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import ValidationError

from tracker.core.db import db
from tracker.core.errors import Stale
from tracker.web.forms import BaseForm, VersionField
from tracker.web.saving import attempt

OURS = ("csrf_token", "version", "seen", "told", "shown")  # fields of the form's own
TOKENS = re.compile(r"[^\W\d_]+|\d+|\s+|.", re.S)
LETTERS_WITHOUT_SPACES = re.compile(r"[\u0f00-\u0fff\u2e80-\u9fff\uac00-\ud7af]")
DAMAGED = "The form was damaged on its way. Load its page again."


class SeenField(HiddenField):
    """The digests of a form's fields as they were when its page was first shown."""

    def pre_validate(self, form: Any) -> None:
        if self.raw_data and self.data and self.digests is None:
            raise ValidationError(DAMAGED)

    @property
    def digests(self) -> dict[str, str] | None:
        """Digest by field; nothing where none were sent or they cannot be read."""
        try:
            found = json.loads(self.data or "")
        except (ValueError, RecursionError):
            return None
        good = isinstance(found, dict) and all(isinstance(v, str) for v in found.values())
        return found if good else None


class MergingForm(BaseForm):
    """A form that changes what somebody else may be changing too."""

    seen = SeenField()

    def fingerprint(self) -> str:
        """What the page carries along in `seen`."""
        return self.seen.data or json.dumps(_digests(self), separators=(",", ":"))

    def is_behind(self, now: "MergingForm") -> bool:
        """Whether what stands, as a form filled from it says, is another by now than it was when
        the page was first shown. Of what was lost on the way only a version can tell."""
        seen, has_version = self.seen.digests or {}, "version" in self
        return any(
            seen.get(name, digest if has_version else None) != digest
            for name, digest in _digests(now).items()
        )


class RecordForm(MergingForm):
    """Such a form for a record, which has versions."""

    version = VersionField()


@dataclass(frozen=True)
class Clash:
    """A field that both changed: its name and label, and both texts, what differs marked."""

    name: str
    label: str
    theirs: Markup
    mine: Markup


@dataclass(frozen=True)
class Merge:
    """What came of bringing two changes together; labels of fields that need no choice."""

    clashes: Sequence[Clash] = ()
    taken: Sequence[str] = ()  # only the other changed them
    kept: Sequence[str] = ()  # only this person changed them


def attempt_change(
    form: MergingForm,
    fresh: Callable[[], MergingForm],
    act: Callable[[], None],
    *,
    compares: bool = False,
) -> bool | Merge:
    """Try to save a change: whether it is saved, or, where somebody saved first, what to choose.
    Where nothing is left to save, since it was sent twice or says what was there, it is saved.

    `fresh` makes a form filled from the record as it is now, and from nothing that was sent. Where
    what the form shows has no version, or some changes leave it as it is, it `compares` the fields
    of the record with what the person saw.
    """
    take_chosen(form, fresh)

    def change() -> bool:
        if compares and form.is_behind(fresh()):
            raise Stale
        act()
        return True

    try:
        return attempt(form, change) is not None
    except Stale:
        db.session.rollback()
        merge = merged(form, fresh())
        return merge if merge.clashes or merge.kept else True


def take_chosen(form: MergingForm, fresh: Callable[[], MergingForm]) -> None:
    """After two texts stood side by side: take theirs in the fields for which it was chosen."""
    everything = request.form.get("take")
    chosen = {
        name.removeprefix("take-")
        for name, choice in request.form.items()
        if name.startswith("take-") and (everything or choice) == "theirs"
    }
    if chosen:
        theirs = fresh()
        for name in chosen & theirs._fields.keys() - set(OURS):
            _adopt(form, theirs, name)


def _adopt(form: MergingForm, theirs: MergingForm, name: str) -> None:
    """Have the form hold, in that field, what the other form holds."""
    other: Field = theirs._fields[name]
    form._fields[name] = other
    setattr(form, name, other)


def merged(mine: MergingForm, theirs: MergingForm) -> Merge:
    """What a person typed brought together with what stands now. The form holds from then on what
    only the other changed, and speaks of what stands."""
    before, now, typed = mine.seen.digests or {}, _digests(theirs), _digests(mine)
    clashes, taken, kept = [], [], []
    for name in [name for name in now if now[name] != typed[name]]:
        label = theirs._fields[name].label.text
        if typed[name] == before.get(name):
            _adopt(mine, theirs, name)
            taken.append(label)
        elif now[name] == before.get(name):
            kept.append(label)
        else:
            texts = _shown(theirs._fields[name]), _shown(mine._fields[name])
            clashes.append(Clash(name, label, *marked(*texts)))
    if isinstance(mine, RecordForm) and isinstance(theirs, RecordForm):
        mine.version.show(theirs.version.number)
    mine.seen.data = theirs.fingerprint()
    return Merge(clashes, taken, kept)


def marked(one: str, other: str) -> tuple[Markup, Markup]:
    """Two texts, each with what the other lacks in `<mark>`: by words, or by letters in scripts
    that part no words."""
    left, right = TOKENS.findall(one), TOKENS.findall(other)
    if LETTERS_WITHOUT_SPACES.search(one + other):
        left, right = list(one), list(other)
    same = SequenceMatcher(None, left, right).get_opcodes()
    return (
        Markup("").join(_segment(left[a:b], how) for how, a, b, _, _ in same),
        Markup("").join(_segment(right[a:b], how) for how, _, _, a, b in same),
    )


def _segment(tokens: Sequence[str], how: str) -> Markup:
    text = escape("".join(tokens))
    return text if how == "equal" or not tokens else Markup("<mark>{}</mark>").format(text)


def _digests(form: Form) -> dict[str, str]:
    return {
        name: blake2s(_plain(entry).encode("utf-8", "replace"), digest_size=6).hexdigest()
        for name, entry in form._fields.items()
        if name not in OURS
    }


def _plain(entry: Field) -> str:
    """What a field holds, alike whether it comes from the record or from a browser."""
    return "\n".join(_parts(entry)).replace("\r\n", "\n").strip()


def _parts(entry: Any) -> Iterator[str]:
    if isinstance(entry, FormField):
        for part in entry.form:
            yield from _parts(part)
    elif isinstance(entry, FieldList):
        for row in entry.entries:
            if not row.form.is_blank:
                yield from _parts(row)
    elif isinstance(entry.data, (list, tuple)):
        yield from map(str, entry.data)
    else:
        yield "" if entry.data is None else str(entry.data)


def _shown(entry: Any) -> str:
    """What a field holds, in the words of the page."""
    if isinstance(entry, FormField):
        parts = (_shown(part) for part in entry.form if not isinstance(part, BooleanField))
        return ", ".join(part for part in parts if part)
    if isinstance(entry, FieldList):
        return "\n".join(_shown(row) for row in entry.entries if not row.form.is_blank)
    if isinstance(entry, (SelectField, SelectMultipleField)):
        labels = {value: label for value, label, *_ in entry.iter_choices()}
        return ", ".join(str(labels.get(part, part)) for part in _parts(entry))
    return ", ".join(part for part in _parts(entry) if part)
