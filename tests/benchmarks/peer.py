"""Flask-Admin's list of the same asks: no audiences, no addressees, no flags, fewer columns."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker

from tracker.core.db import db

PAGE_SIZE = 50


class _Base(DeclarativeBase):
    pass


class Ask(_Base):
    """The table of asks, with the columns that our list shows."""

    __tablename__ = "recommendations"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    instrument: Mapped[str]
    status: Mapped[str]
    result: Mapped[str]
    submitted_on: Mapped[str]
    last_contact_on: Mapped[str]
    updated_at: Mapped[str]


class _View(ModelView):  # type: ignore[misc]
    can_create = can_edit = can_delete = False
    named_filter_urls = True
    page_size = PAGE_SIZE
    column_list = ("title", "instrument", "status", "result", "submitted_on", "last_contact_on")
    column_filters = ("status", "instrument")
    column_default_sort = ("updated_at", True)


def open_page(app: Flask, status: str, instrument: str) -> Callable[[int], Any]:
    """A function that opens a page of the peer's list by its number, over the same database."""
    with app.app_context():
        session = scoped_session(sessionmaker(create_engine(db.engine.url)))
    peer = Flask("peer")
    peer.config.update(SECRET_KEY="for a measurement only")
    admin = Admin(peer, name="peer")
    admin.add_view(_View(Ask, session))
    peer.teardown_appcontext(lambda _problem: session.remove())
    client = peer.test_client()
    wanted = f"flt0_status_equals={status}&flt1_instrument_equals={instrument}"

    def page(number: int) -> Any:
        answer = client.get(f"/admin/ask/?{wanted}&page={number}")
        assert answer.status_code == 200, answer.status_code
        return answer

    return page
