"""invitations, tokens, and the outbox of mail"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def choice(name, *words):
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table('invitations',
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('role', choice('role', 'partner', 'staff', 'admin'), nullable=False),
    sa.Column('organisation_id', KEY, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('invited_at', types.UtcDateTime(), nullable=False),
    sa.Column('invited_by_id', KEY, nullable=True),
    sa.Column('expires_at', types.UtcDateTime(), nullable=False),
    sa.Column('used_at', types.UtcDateTime(), nullable=True),
    sa.Column('withdrawn_at', types.UtcDateTime(), nullable=True),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(email) <= 254', name=op.f('ck_invitations_email_length')),
    sa.CheckConstraint('length(digest) <= 64', name=op.f('ck_invitations_digest_length')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_invitations_organisation_id')),
    sa.ForeignKeyConstraint(['invited_by_id'], ['users.id'], name=op.f('fk_invitations_invited_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('digest', name=op.f('uq_invitations_digest'))
    )
    op.create_index(op.f('ix_invitations_organisation_id'), 'invitations', ['organisation_id'])
    op.create_table('tokens',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('scope', choice('token_scope', 'feed'), nullable=False),
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
    op.create_index(op.f('ix_tokens_user_id'), 'tokens', ['user_id'])
    op.create_table('outbox',
    sa.Column('kind', choice('mail_kind', 'invitation', 'notice'), nullable=False),
    sa.Column('about', sa.String(length=120), nullable=False),
    sa.Column('user_id', KEY, nullable=True),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('message_id', sa.String(length=320), nullable=False),
    sa.Column('state', choice('mail_state', 'waiting', 'sending', 'sent', 'dropped', 'dead'), nullable=False),
    sa.Column('tries', KEY, nullable=False),
    sa.Column('written_at', types.UtcDateTime(), nullable=False),
    sa.Column('next_try_at', types.UtcDateTime(), nullable=False),
    sa.Column('ended_at', types.UtcDateTime(), nullable=True),
    sa.Column('problem', sa.String(length=300), nullable=False),
    sa.Column('id', KEY, nullable=False),
    sa.CheckConstraint('length(about) <= 120', name=op.f('ck_outbox_about_length')),
    sa.CheckConstraint('length(recipient) <= 254', name=op.f('ck_outbox_recipient_length')),
    sa.CheckConstraint('length(subject) <= 200', name=op.f('ck_outbox_subject_length')),
    sa.CheckConstraint('length(message_id) <= 320', name=op.f('ck_outbox_message_id_length')),
    sa.CheckConstraint('length(problem) <= 300', name=op.f('ck_outbox_problem_length')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_outbox_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outbox_message_id')),
    sa.UniqueConstraint('about', 'recipient', name=op.f('uq_outbox_about_recipient'))
    )
    op.create_index(op.f('ix_outbox_state_next_try_at'), 'outbox', ['state', 'next_try_at'])
    op.create_index(op.f('ix_outbox_user_id'), 'outbox', ['user_id'])


def downgrade() -> None:
    op.drop_table('outbox')
    op.drop_table('tokens')
    op.drop_table('invitations')
