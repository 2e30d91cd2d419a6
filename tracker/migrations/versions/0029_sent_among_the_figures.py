"""The figures of a body count what it was sent, and its page shows what it decides."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NAME = "ix_addressees_figures"
OWNER = ("agency_id", "recommendation_id", "audience", "organisation_id")
REPLIES = ("acknowledged_on", "answered_on")


def upgrade() -> None:
    _index(*OWNER, "state", *REPLIES)
    op.create_index("ix_recommendations_decided_by_id", "recommendations", ["decided_by_id"])


def downgrade() -> None:
    op.drop_index("ix_recommendations_decided_by_id", "recommendations")
    _index(*OWNER, *REPLIES)


def _index(*columns: str) -> None:
    op.drop_index(NAME, "addressees")
    op.create_index(NAME, "addressees", list(columns))
