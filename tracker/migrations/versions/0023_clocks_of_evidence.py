"""A clock of evidence is known by the conduct that it counts from: what people did to one is not done
to that of later conduct.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NEWEST = (
    "SELECT recommendations.newest_conduct_on FROM recommendations "
    "WHERE recommendations.id = {table}.recommendation_id"
)


def upgrade() -> None:
    for table in ("clocks", "clock_acts"):
        op.execute(
            f"UPDATE {table} SET start_key = 'conduct-' || ({NEWEST.format(table=table)}) "
            "|| substr(start_key, 8) WHERE kind = 'evidence' AND start_key LIKE 'conduct%'"
        )


def downgrade() -> None:
    for table in ("clocks", "clock_acts"):
        op.execute(
            f"UPDATE {table} SET start_key = replace(start_key, '-' || "
            f"({NEWEST.format(table=table)}), '') "
            f"WHERE kind = 'evidence' AND start_key LIKE 'conduct%' "
            f"AND ({NEWEST.format(table=table)}) <> ''"
        )
