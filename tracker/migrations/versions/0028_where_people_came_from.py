"""Where somebody was before they changed organisation, and until when: what they did there is told as theirs of then."""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    # with its constraint as a part of the column: a rebuilt table would lose its others
    op.execute(
        f"ALTER TABLE users ADD COLUMN came_from_id {kind} "
        "CONSTRAINT fk_users_came_from_id REFERENCES organisations (id)"
    )
    op.add_column("users", sa.Column("came_at", types.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "came_at")
    op.execute("ALTER TABLE users DROP COLUMN came_from_id")
