"""tokens for the JSON interface"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
COLUMNS = 'user_id, label, scope, digest, made_at, expires_at, last_used_at, id'


def upgrade() -> None:
    _let('feed', 'read', 'write')


def downgrade() -> None:
    op.execute("DELETE FROM tokens WHERE scope <> 'feed'")
    _let('feed')


def _let(*scopes: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        listed = ', '.join(f"'{each}'" for each in scopes)
        op.drop_constraint(op.f('ck_tokens_token_scope'), 'tokens')
        op.create_check_constraint(op.f('ck_tokens_token_scope'), 'tokens', f'scope IN ({listed})')
        return
    # SQLite changes no CHECK of a table that stands
    op.drop_index(op.f('ix_tokens_user_id'), 'tokens')
    op.rename_table('tokens', 'tokens_before')
    op.create_table('tokens',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('scope', sa.Enum(*scopes, name='token_scope', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', types.UtcDateTime(), nullable=False),
    sa.Column('expires_at', types.UtcDateTime(), nullable=False),
    sa.Column('last_used_at', types.UtcDateTime(), nullable=True),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(label) <= 60', name=op.f('ck_tokens_label_length')),
    sa.CheckConstraint('length(digest) <= 64', name=op.f('ck_tokens_digest_length')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_tokens_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tokens')),
    sa.UniqueConstraint('digest', name=op.f('uq_tokens_digest'))
    )
    op.execute(f'INSERT INTO tokens ({COLUMNS}) SELECT {COLUMNS} FROM tokens_before')
    op.drop_table('tokens_before')
    op.create_index(op.f('ix_tokens_user_id'), 'tokens', ['user_id'])
