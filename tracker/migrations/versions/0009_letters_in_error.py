"""A letter that was entered in error can be void."""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0009'
down_revision = '0007'
branch_labels = None
depends_on = None

LISTING = ['written_on', 'id', 'audience', 'organisation_id']


def upgrade() -> None:
    op.add_column('letters', sa.Column('voided_at', types.UtcDateTime(), nullable=True))
    # with its CHECK as a part of the column: a rebuilt table would lose its others
    op.execute(
        "ALTER TABLE letters ADD COLUMN void_reason VARCHAR(500) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_letters_void_reason_length CHECK (length(void_reason) <= 500)"
    )
    op.drop_index('ix_letters_listing', 'letters')
    op.create_index('ix_letters_listing', 'letters', [*LISTING, 'voided_at'])


def downgrade() -> None:
    op.drop_index('ix_letters_listing', 'letters')
    op.execute('ALTER TABLE letters DROP COLUMN void_reason')
    op.execute('ALTER TABLE letters DROP COLUMN voided_at')
    op.create_index('ix_letters_listing', 'letters', LISTING)
