"""Outcomes that no public body brought about, and changes of status that are void."""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_text('outcomes', 'actor', 200)
    op.add_column('status_spans', sa.Column('voided_at', types.UtcDateTime(), nullable=True))
    _add_text('status_spans', 'void_reason', 500)


def _add_text(table: str, column: str, length: int) -> None:
    """Add a text with its CHECK as a part of the column: a rebuilt table would lose its others."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR({length}) DEFAULT '' NOT NULL "
        f"CONSTRAINT ck_{table}_{column}_length CHECK (length({column}) <= {length})"
    )


def downgrade() -> None:
    for table, column in (
        ('status_spans', 'void_reason'), ('status_spans', 'voided_at'), ('outcomes', 'actor')
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
