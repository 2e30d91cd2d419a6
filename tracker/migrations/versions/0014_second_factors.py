"""second factors and recovery codes"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STATE = sa.Enum('none', 'awaited', 'given', name='factor_state', native_enum=False, create_constraint=True, length=40)
KIND = sa.Enum('passkey', 'totp', name='factor_kind', native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    with op.batch_alter_table('login_sessions') as table:
        table.add_column(sa.Column('second_factor', STATE, nullable=False, server_default='none'))
    op.create_table('second_factors',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('kind', KIND, nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('added_at', types.UtcDateTime(), nullable=False),
    sa.Column('last_used_at', types.UtcDateTime(), nullable=True),
    sa.Column('credential_id', sa.String(length=1400), nullable=True),
    sa.Column('key', sa.String(length=2000), nullable=False),
    sa.Column('counter', sa.BigInteger(), nullable=False),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(label) <= 60', name=op.f('ck_second_factors_label_length')),
    sa.CheckConstraint('length(credential_id) <= 1400', name=op.f('ck_second_factors_credential_id_length')),
    sa.CheckConstraint('length(key) <= 2000', name=op.f('ck_second_factors_key_length')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_second_factors_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_second_factors')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_second_factors_credential_id'))
    )
    op.create_index(op.f('ix_second_factors_user_id'), 'second_factors', ['user_id'])
    op.create_table('recovery_codes',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(digest) <= 64', name=op.f('ck_recovery_codes_digest_length')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_recovery_codes_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_codes')),
    sa.UniqueConstraint('user_id', 'digest', name=op.f('uq_recovery_codes_user_id_digest'))
    )


def downgrade() -> None:
    op.drop_table('recovery_codes')
    op.drop_table('second_factors')
    # what awaits its second factor is no log-in where there is none
    op.execute("DELETE FROM login_sessions WHERE second_factor <> 'none'")
    with op.batch_alter_table('login_sessions') as table:
        table.drop_constraint(op.f('ck_login_sessions_factor_state'), type_='check')
        table.drop_column('second_factor')
