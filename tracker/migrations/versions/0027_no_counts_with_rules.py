"""A clock rule keeps no count of what it did: admins would read one of asks that are kept from them."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE clock_rules DROP COLUMN effect")


def downgrade() -> None:
    op.execute(
        "ALTER TABLE clock_rules ADD COLUMN effect VARCHAR(300) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_clock_rules_effect_length CHECK (length(effect) <= 300)"
    )
