"""notices, who wants which, and who watches what"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def often(name):
    return sa.Column(name, sa.Enum('never', 'at_once', 'daily', 'weekly', name='how_often', native_enum=False, length=40), nullable=False)


def one_of(column):
    return sa.CheckConstraint(f"{column} IN ('never', 'at_once', 'daily', 'weekly')", name=op.f(f'ck_notice_choices_{column}'))


def upgrade() -> None:
    op.create_table('notice_choices',
    sa.Column('user_id', KEY, nullable=False),
    *(often(name) for name in ('flag', 'assigned', 'next_action', 'change')),
    sa.Column('time_zone', sa.String(length=60), nullable=False),
    *(one_of(name) for name in ('flag', 'assigned', 'next_action', 'change')),
    sa.CheckConstraint('length(time_zone) <= 60', name=op.f('ck_notice_choices_time_zone_length')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notice_choices_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_notice_choices'))
    )
    op.create_table('watches',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('record_id', KEY, nullable=False),
    sa.Column('since', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_watches_user_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_watches_record_id')),
    sa.PrimaryKeyConstraint('user_id', 'record_id', name=op.f('pk_watches'))
    )
    op.create_index(op.f('ix_watches_record_id'), 'watches', ['record_id'])
    op.create_table('notices',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('kind', sa.Enum('flag', 'assigned', 'next_action', 'change', name='notice_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('about', sa.String(length=80), nullable=False),
    sa.Column('record_id', KEY, nullable=False),
    sa.Column('said', sa.String(length=200), nullable=False),
    sa.Column('noted_at', types.UtcDateTime(), nullable=False),
    sa.Column('mail_id', KEY, nullable=True),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(about) <= 80', name=op.f('ck_notices_about_length')),
    sa.CheckConstraint('length(said) <= 200', name=op.f('ck_notices_said_length')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notices_user_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_notices_record_id')),
    sa.ForeignKeyConstraint(['mail_id'], ['outbox.id'], name=op.f('fk_notices_mail_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('user_id', 'about', name=op.f('uq_notices_user_id_about'))
    )
    op.create_index(op.f('ix_notices_mail_id_user_id'), 'notices', ['mail_id', 'user_id'])
    op.create_index(op.f('ix_notices_record_id'), 'notices', ['record_id'])
    op.create_table('notice_marks',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('event_id', KEY, nullable=False),
    sa.CheckConstraint('length(name) <= 20', name=op.f('ck_notice_marks_name_length')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_notice_marks'))
    )


def downgrade() -> None:
    op.drop_table('notice_marks')
    op.drop_table('notices')
    op.drop_table('watches')
    op.drop_table('notice_choices')
