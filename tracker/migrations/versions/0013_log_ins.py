"""log-ins as rows, and those that failed"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('login_sessions',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('device', sa.String(length=60), nullable=False),
    sa.Column('started_at', types.UtcDateTime(), nullable=False),
    sa.Column('last_used_at', types.UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', types.UtcDateTime(), nullable=False),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(device) <= 60', name=op.f('ck_login_sessions_device_length')),
    sa.CheckConstraint('length(digest) <= 64', name=op.f('ck_login_sessions_digest_length')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_login_sessions_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_sessions')),
    sa.UniqueConstraint('digest', name=op.f('uq_login_sessions_digest'))
    )
    op.create_index(op.f('ix_login_sessions_user_id'), 'login_sessions', ['user_id'])
    op.create_table('login_failures',
    sa.Column('pair', sa.String(length=64), nullable=False),
    sa.Column('user_id', KEY, nullable=True),
    sa.Column('network', sa.String(length=64), nullable=False),
    sa.Column('at', types.UtcDateTime(), nullable=False),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(network) <= 64', name=op.f('ck_login_failures_network_length')),
    sa.CheckConstraint('length(pair) <= 64', name=op.f('ck_login_failures_pair_length')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_login_failures_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_failures'))
    )
    op.create_index('ix_login_failures_pair_at', 'login_failures', ['pair', 'at'])
    op.create_index(op.f('ix_login_failures_user_id'), 'login_failures', ['user_id'])
    op.create_index(op.f('ix_login_failures_at'), 'login_failures', ['at'])


def downgrade() -> None:
    op.drop_table('login_failures')
    op.drop_table('login_sessions')
