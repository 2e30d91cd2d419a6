"""How Alembic reaches our database: over the application's own engine."""

from alembic import context

from tracker.core.db import Base
from tracker.core.migrate import is_compared


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Our own column types by their short name."""
    if kind == "type" and type(item).__module__ == "tracker.core.types":
        return f"types.{type(item).__name__}()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
    include_name=is_compared,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
