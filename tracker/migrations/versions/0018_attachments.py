"""files that belong to sources, and sources at risk"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TYPE = sa.Enum('pdf', 'png', 'jpeg', 'webp', 'gif', 'text', 'docx', 'xlsx', 'odt', name='file_type', native_enum=False, create_constraint=True, length=40)
AUDIENCE = sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    # with their CHECKs as a part of the column: a rebuilt table would lose its others
    op.execute(
        "ALTER TABLE sources ADD COLUMN kept_where VARCHAR(500) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_sources_kept_where_length CHECK (length(kept_where) <= 500) "
        "CONSTRAINT ck_sources_protected_is_narrow "
        "CHECK (NOT is_protected OR audience IN ('named', 'organisation'))"
    )
    op.create_table('attachments',
    sa.Column('source_id', KEY, nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('file_type', TYPE, nullable=False),
    sa.Column('size', KEY, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('shared_size', KEY, nullable=True),
    sa.Column('shared_sha256', sa.String(length=64), nullable=True),
    sa.Column('added_at', types.UtcDateTime(), nullable=False),
    sa.Column('added_by_id', KEY, nullable=True),
    sa.Column('voided_at', types.UtcDateTime(), nullable=True),
    sa.Column('voided_by_id', KEY, nullable=True),
    sa.Column('void_reason', sa.String(length=500), nullable=False),
    sa.Column('id', KEY, nullable=False),
    sa.Column('organisation_id', KEY, nullable=False),
    sa.Column('audience', AUDIENCE, nullable=False),
    sa.CheckConstraint('length(name) <= 255', name=op.f('ck_attachments_name_length')),
    sa.CheckConstraint('length(sha256) <= 64', name=op.f('ck_attachments_sha256_length')),
    sa.CheckConstraint('length(shared_sha256) <= 64', name=op.f('ck_attachments_shared_sha256_length')),
    sa.CheckConstraint('length(void_reason) <= 500', name=op.f('ck_attachments_void_reason_length')),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_attachments_source_id')),
    sa.ForeignKeyConstraint(['added_by_id'], ['users.id'], name=op.f('fk_attachments_added_by_id')),
    sa.ForeignKeyConstraint(['voided_by_id'], ['users.id'], name=op.f('fk_attachments_voided_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_attachments_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments'))
    )
    op.create_index(op.f('ix_attachments_source_id'), 'attachments', ['source_id'])
    op.create_table('attachment_pieces',
    sa.Column('attachment_id', KEY, nullable=False),
    sa.Column('is_copy', sa.Boolean(), nullable=False),
    sa.Column('position', KEY, nullable=False, autoincrement=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachments.id'], name=op.f('fk_attachment_pieces_attachment_id')),
    sa.PrimaryKeyConstraint('attachment_id', 'is_copy', 'position', name=op.f('pk_attachment_pieces'))
    )


def downgrade() -> None:
    op.drop_table('attachment_pieces')
    op.drop_table('attachments')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('ALTER TABLE sources DROP CONSTRAINT ck_sources_protected_is_narrow')
    op.execute('ALTER TABLE sources DROP COLUMN kept_where')
