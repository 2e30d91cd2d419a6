"""Versions of clock rules, clocks that were extended, supplements to letters, proposals that circulate."""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0012'
down_revision = '0009'
branch_labels = None
depends_on = None

ADDED = (
    ('clock_rules', 'recorded_by_id'), ('clock_rules', 'recorded_at'), ('clock_rules', 'reason'),
    ('clock_rules', 'effect'), ('clock_rules', 'end_reason'), ('clocks', 'first_due_on'),
    ('clocks', 'extended_on'), ('letters', 'supplements_id'), ('contacts', 'proposed_on'),
)


def upgrade() -> None:
    op.add_column('clock_rules', sa.Column('recorded_at', types.UtcDateTime(), nullable=True))
    _add_key('clock_rules', 'recorded_by_id', 'users')
    _add_text('clock_rules', 'reason', 500)
    _add_text('clock_rules', 'effect', 300)
    _add_text('clock_rules', 'end_reason', 500)
    op.add_column('clocks', sa.Column('first_due_on', sa.Date(), nullable=True))
    op.add_column('clocks', sa.Column('extended_on', sa.Date(), nullable=True))
    _add_key('letters', 'supplements_id', 'letters')
    collate = ' COLLATE "C"' if op.get_bind().dialect.name == 'postgresql' else ''
    _add_text('contacts', 'proposed_on', 10, collate)


# with their constraints as parts of the columns: a rebuilt table would lose its others
def _add_text(table: str, column: str, length: int, collate: str = '') -> None:
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR({length}){collate} DEFAULT '' NOT NULL "
        f"CONSTRAINT ck_{table}_{column}_length CHECK (length({column}) <= {length})"
    )


def _add_key(table: str, column: str, target: str) -> None:
    kind = 'BIGINT' if op.get_bind().dialect.name == 'postgresql' else 'INTEGER'
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind} "
        f"CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )


def downgrade() -> None:
    for table, column in reversed(ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
