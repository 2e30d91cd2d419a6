"""What is done next with an ask has a version of its own: it is the owner's affair, and no version of the ask."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "recommendations",
        sa.Column("plan_version", NUMBER, nullable=False, server_default="1"),
    )


def downgrade() -> None:
    op.drop_column("recommendations", "plan_version")
