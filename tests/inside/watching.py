"""Watching the statements that a piece of work sends to its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event

from tracker.core.db import db

TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass
class Watched:
    """Statements in their order, each with its parameters; those of transactions left out."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.statements)

    def about(self, beginning: str, table: str) -> list[tuple[str, Any]]:
        """Those that begin so and name the table."""
        return [
            (text, parameters)
            for text, parameters in self.statements
            if text.lstrip().upper().startswith(beginning) and table in text
        ]


@contextmanager
def watching(app: Flask) -> Iterator[Watched]:
    """Every statement that the application sends meanwhile, from any of its threads."""
    seen = Watched()
    with app.app_context():
        engine = db.engine

    def note(
        _connection: Any, _cursor: Any, text: str, parameters: Any, _context: Any, _many: bool
    ) -> None:
        if not text.lstrip().upper().startswith(TRANSACTIONS):
            seen.statements.append((text, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
