"""Silence counts from a day, whichever contacts were on it: what people did to its clocks goes on when one is void."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FROM_CONTACT = re.compile(r"contact-(\d+)(/\d+)?")


def upgrade() -> None:
    bind = op.get_bind()
    days = dict(bind.execute(sa.text("SELECT id, happened_on FROM contacts")).all())
    for table in ("clocks", "clock_acts"):
        silent = f"SELECT id, start_key FROM {table} WHERE kind = 'silence'"
        keys = [
            {"row": row, "key": f"day-{days[int(found[1])] or ''}{found[2] or ''}"}
            for row, key in bind.execute(sa.text(silent)).all()
            if (found := FROM_CONTACT.fullmatch(key)) and int(found[1]) in days
        ]
        if keys:
            bind.execute(sa.text(f"UPDATE {table} SET start_key = :key WHERE id = :row"), keys)
    # of two contacts on one day each had a clock
    older = (
        "SELECT c.id FROM clocks c JOIN clocks n ON n.recommendation_id = c.recommendation_id "
        "AND n.agency_id = c.agency_id AND n.start_key = c.start_key AND n.kind = c.kind "
        "AND n.superseded_at IS NULL AND n.id > c.id "
        "WHERE c.kind = 'silence' AND c.superseded_at IS NULL"
    )
    op.execute(f"UPDATE clocks SET superseded_at = recorded_at WHERE id IN ({older})")


def downgrade() -> None:
    """A day says as much as a contact did: the next computing writes what the older rules say."""
