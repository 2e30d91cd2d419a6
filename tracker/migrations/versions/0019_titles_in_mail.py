"""whether an organisation lets mail carry the titles of its records"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'organisations',
        sa.Column('titles_in_mail', sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column('organisations', 'titles_in_mail')
