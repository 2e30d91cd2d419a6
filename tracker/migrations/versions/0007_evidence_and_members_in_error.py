"""Evidence and members of a class that were entered in error can be void."""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

VOIDED = ('source_uses', 'target_relations')


def upgrade() -> None:
    for table in VOIDED:
        op.add_column(table, sa.Column('voided_at', types.UtcDateTime(), nullable=True))
        # with its CHECK as a part of the column: a rebuilt table would lose its others
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN void_reason VARCHAR(500) DEFAULT '' NOT NULL "
            f"CONSTRAINT ck_{table}_void_reason_length CHECK (length(void_reason) <= 500)"
        )


def downgrade() -> None:
    for table in VOIDED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN void_reason")
        op.execute(f"ALTER TABLE {table} DROP COLUMN voided_at")
