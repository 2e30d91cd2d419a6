"""an index of the flags by when they were set: a night tells of its own, and reads no other"""

from alembic import op
from sqlalchemy import text

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_clocks_fresh", "clocks"
IN_FORCE = text("state = 'running' AND flagged_on IS NOT NULL AND superseded_at IS NULL")


def upgrade() -> None:
    op.create_index(
        NAME, TABLE, ["flagged_at"], sqlite_where=IN_FORCE, postgresql_where=IN_FORCE
    )


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
