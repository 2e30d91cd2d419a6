"""indexes of what was read in full: the clocks of an ask that are superseded too, which letter supplements another,
and what changed last among letters, targets and sources"""

from alembic import op
from sqlalchemy import text

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SUPPLEMENTS = text("supplements_id IS NOT NULL")
UPDATED = ["updated_at", "id", "audience", "organisation_id"]
TABLES = ("letters", "targets", "sources")


def upgrade() -> None:
    op.create_index("ix_clocks_recommendation_id", "clocks", ["recommendation_id"])
    op.create_index(
        "ix_letters_supplements_id",
        "letters",
        ["supplements_id"],
        sqlite_where=SUPPLEMENTS,
        postgresql_where=SUPPLEMENTS,
    )
    for table in TABLES:
        op.create_index(f"ix_{table}_updated", table, UPDATED)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_updated", table)
    op.drop_index("ix_letters_supplements_id", "letters")
    op.drop_index("ix_clocks_recommendation_id", "clocks")
