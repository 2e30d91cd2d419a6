"""signs of life of the scheduler, and indexes for the page of its runs

Revision ID: 0005
Revises: 0001
"""
from alembic import op
import sqlalchemy as sa

from tracker.core import types

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('heartbeats',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('at', types.UtcDateTime(), nullable=False),
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.CheckConstraint('length(host) <= 255', name=op.f('ck_heartbeats_host_length')),
    sa.CheckConstraint('length(name) <= 20', name=op.f('ck_heartbeats_name_length')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeats'))
    )
    op.create_index('ix_job_runs_job_state_as_of', 'job_runs', ['job', 'state', 'as_of'])
    op.create_index('ix_job_runs_started_at_id', 'job_runs', ['started_at', 'id'])


def downgrade() -> None:
    op.drop_index('ix_job_runs_started_at_id', table_name='job_runs')
    op.drop_index('ix_job_runs_job_state_as_of', table_name='job_runs')
    op.drop_table('heartbeats')
