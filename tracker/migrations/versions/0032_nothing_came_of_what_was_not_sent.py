"""what happened near an ask that is not sent yet is not counted for it"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

UNSENT = "SELECT id FROM recommendations WHERE status IN ('draft', 'vetting', 'ready')"
RESULTS = f"""
    UPDATE recommendations SET result = 'none_known' WHERE result <> 'none_known' AND id IN ({UNSENT})
"""
ADDRESSEES = f"""
    UPDATE addressees SET state = 'not_sent'
    WHERE state IN ('acted', 'declined') AND recommendation_id IN ({UNSENT})
"""


def upgrade() -> None:
    op.execute(RESULTS)
    op.execute(ADDRESSEES)


def downgrade() -> None:
    """What it comes to is computed anew when an ask is touched."""
