"""When the text of a mail went to its server: what was not answered by then is not sent again unasked."""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("handed_over_at", types.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "handed_over_at")
