"""The figures of a body count what it was sent, and its page shows what it decides; a clock tells nobody else
whom a letter names that has other readers than its ask."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NAME = "ix_addressees_figures"
OWNER = ("agency_id", "recommendation_id", "audience", "organisation_id")
REPLIES = ("acknowledged_on", "answered_on")


# the next computing says more where all readers of the ask see the letter
UNTOLD = """
    UPDATE clocks
    SET note = 'No clock in law starts (22 U.S.C. 10102(d)): the letter does not meet its conditions.'
    WHERE kind = 'section_1263d' AND state = 'not_started' AND EXISTS (
        SELECT 1 FROM contacts JOIN letters ON letters.id = contacts.letter_id
        WHERE contacts.id = clocks.contact_id
          AND (letters.audience <> clocks.audience OR letters.audience = 'named')
    )
"""


def upgrade() -> None:
    op.execute(UNTOLD)
    _index(*OWNER, "state", *REPLIES)
    op.create_index("ix_recommendations_decided_by_id", "recommendations", ["decided_by_id"])


def downgrade() -> None:
    op.drop_index("ix_recommendations_decided_by_id", "recommendations")
    _index(*OWNER, *REPLIES)


def _index(*columns: str) -> None:
    op.drop_index(NAME, "addressees")
    op.create_index(NAME, "addressees", list(columns))
