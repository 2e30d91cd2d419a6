"""The template of an organisation's follow-up letters; what such a letter said when it was sent."""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('letter_templates',
    sa.Column('organisation_id', KEY, nullable=False),
    sa.Column('text', sa.String(length=4000), nullable=False),
    sa.Column('version', KEY, nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(text) <= 4000', name=op.f('ck_letter_templates_text_length')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_letter_templates_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_templates')),
    sa.UniqueConstraint('organisation_id', name=op.f('uq_letter_templates_organisation_id'))
    )
    # with its CHECK as a part of the column: a rebuilt table would lose its others
    op.execute(
        "ALTER TABLE contacts ADD COLUMN sent_text VARCHAR(8000) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_contacts_sent_text_length CHECK (length(sent_text) <= 8000)"
    )


def downgrade() -> None:
    op.execute('ALTER TABLE contacts DROP COLUMN sent_text')
    op.drop_table('letter_templates')
