"""Views of the list that people save: whoever made one may rename, share and delete it."""

from typing import NamedTuple

from sqlalchemy import Select, func, or_, select

from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer
from tracker.casework.models import SavedView
from tracker.core.db import built_once, db
from tracker.core.intake import Intake
from tracker.core.unchanged import kept_while_unchanged
from tracker.history import actions as history

MOST = 100


class ViewKept(NamedTuple):
    """A saved view, as lists and menus show it."""

    id: int
    owner_id: int
    name: str
    query: str
    is_shared: bool


@kept_while_unchanged
def views_for(viewer: Viewer) -> tuple[ViewKept, ...]:
    """The viewer's own views, and those that colleagues share, by name."""
    if not viewer.edits:
        return ()
    return tuple(ViewKept(*row) for row in db.session.execute(_views_for(viewer)))


@built_once
def _views_for(viewer: Viewer) -> Select[int, int, str, str, bool]:
    view = SavedView
    return (
        select(view.id, view.owner_id, view.name, view.query, view.is_shared)
        .where(
            SavedView.organisation_id == viewer.organisation_id,
            or_(SavedView.owner_id == viewer.user_id, SavedView.is_shared),
        )
        .order_by(func.lower(SavedView.name), SavedView.id)
    )


def own_view(viewer: Viewer, key: int) -> SavedView | None:
    """A view of the viewer's own, at the organisation where they made it."""
    return db.session.scalar(
        select(SavedView).where(
            SavedView.id == key,
            SavedView.owner_id == viewer.user_id,
            SavedView.organisation_id == viewer.organisation_id,
        )
    )


def save_view(viewer: Viewer, name: str, query: str, *, is_shared: bool) -> SavedView:
    """Save an address of the list under a name. Raises `Refused` or `NotAllowed`."""
    viewer.require(Permission.EDIT)
    assert viewer.user_id is not None
    assert viewer.organisation_id is not None
    view = SavedView(
        owner_id=viewer.user_id,
        organisation_id=viewer.organisation_id,
        name=_checked_name(viewer, name, query),
        query=query,
        is_shared=is_shared,
    )
    db.session.add(view)
    db.session.flush()
    history.record("view.saved", actor_id=viewer.user_id, body=_told(view))
    return view


def change_view(viewer: Viewer, view: SavedView, name: str, *, is_shared: bool) -> None:
    """Rename a view of one's own, or share it or not. Raises `Refused`."""
    name = _checked_name(viewer, name, view.query, but=view)
    if (name, is_shared) == (view.name, view.is_shared):
        return
    view.name, view.is_shared = name, is_shared
    history.record("view.changed", actor_id=viewer.user_id, body=_told(view))


def delete_view(viewer: Viewer, view: SavedView) -> None:
    """Delete a view of one's own; nothing that it showed is touched."""
    history.record("view.deleted", actor_id=viewer.user_id, body=_told(view))
    db.session.delete(view)


def _checked_name(viewer: Viewer, name: str, query: str, but: SavedView | None = None) -> str:
    intake = Intake()
    name = intake.text("name", name, SavedView.name, missing="Give the view a name.")
    intake.text("", query, SavedView.query)
    others = {
        row.name: row.id
        for row in db.session.scalars(select(SavedView).where(SavedView.owner_id == viewer.user_id))
        if but is None or row.id != but.id
    }
    if name in others:
        intake.refuse("name", "You have a view of this name. Choose another, or delete that one.")
    if len(others) >= MOST:
        intake.refuse("", f"You have {MOST} views already. Delete one that is no longer of use.")
    intake.done()
    return name


def _told(view: SavedView) -> dict[str, object]:
    """A setting of a person's: the history says that it changed, and no name."""
    return {"after": {"id": view.id, "is_shared": view.is_shared}}
