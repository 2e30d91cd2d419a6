"""saved views and bulk changes"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulk_changes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', types.UtcDateTime(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('undone_at', types.UtcDateTime(), nullable=True),
    sa.CheckConstraint('length(reason) <= 500', name=op.f('ck_bulk_changes_reason_length')),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_bulk_changes_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_changes'))
    )
    with op.batch_alter_table('bulk_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bulk_changes_by_id'), ['by_id'], unique=False)

    op.create_table('saved_views',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('query', sa.String(length=2000), nullable=False),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint('length("query") <= 2000', name=op.f('ck_saved_views_query_length')),
    sa.CheckConstraint('length(name) <= 80', name=op.f('ck_saved_views_name_length')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_saved_views_organisation_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_saved_views_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    sa.UniqueConstraint('owner_id', 'name', name=op.f('uq_saved_views_owner_id_name'))
    )
    with op.batch_alter_table('saved_views', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_views_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('bulk_change_rows',
    sa.Column('bulk_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('span_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('left_why', sa.String(length=1000), nullable=False),
    sa.Column('kept_why', sa.String(length=1000), nullable=False),
    sa.CheckConstraint('length(left_why) <= 1000', name=op.f('ck_bulk_change_rows_left_why_length')),
    sa.CheckConstraint('length(kept_why) <= 1000', name=op.f('ck_bulk_change_rows_kept_why_length')),
    sa.ForeignKeyConstraint(['bulk_id'], ['bulk_changes.id'], name=op.f('fk_bulk_change_rows_bulk_id')),
    sa.ForeignKeyConstraint(['record_id'], ['recommendations.id'], name=op.f('fk_bulk_change_rows_record_id')),
    sa.ForeignKeyConstraint(['span_id'], ['status_spans.id'], name=op.f('fk_bulk_change_rows_span_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_bulk_change_rows_contact_id')),
    sa.PrimaryKeyConstraint('bulk_id', 'record_id', name=op.f('pk_bulk_change_rows'))
    )
    with op.batch_alter_table('bulk_change_rows', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bulk_change_rows_record_id'), ['record_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('bulk_change_rows', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bulk_change_rows_record_id'))

    op.drop_table('bulk_change_rows')
    with op.batch_alter_table('saved_views', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_views_organisation_id'))

    op.drop_table('saved_views')
    with op.batch_alter_table('bulk_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bulk_changes_by_id'))

    op.drop_table('bulk_changes')
