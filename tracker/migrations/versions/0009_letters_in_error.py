"""A letter that was entered in error can be void; asks are sorted by status in an index."""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0009'
down_revision = '0007'
branch_labels = None
depends_on = None

LIFE_CYCLE = (
    'draft', 'vetting', 'ready', 'submitted', 'acknowledged', 'under_review', 'closed',
)
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
    op.execute('ALTER TABLE recommendations ADD COLUMN place SMALLINT DEFAULT 0 NOT NULL')
    places = ' '.join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(LIFE_CYCLE))
    op.execute(f'UPDATE recommendations SET place = CASE status {places} END')
    op.create_index('ix_recommendations_place', 'recommendations', [
        'place', 'id', 'audience', 'organisation_id',
    ])


def downgrade() -> None:
    op.drop_index('ix_recommendations_place', 'recommendations')
    op.execute('ALTER TABLE recommendations DROP COLUMN place')
    op.drop_index('ix_letters_listing', 'letters')
    op.execute('ALTER TABLE letters DROP COLUMN void_reason')
    op.execute('ALTER TABLE letters DROP COLUMN voided_at')
    op.create_index('ix_letters_listing', 'letters', LISTING)
