"""indexes that figures read: what is grouped by in its order, then the audience"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

CURRENT = 'superseded_at IS NULL'
EVER_FLAGGED = f'flagged_on IS NOT NULL AND {CURRENT}'
IN_FORCE = f"state = 'running' AND {EVER_FLAGGED}"
SNOOZED = f'snoozed_until IS NOT NULL AND {IN_FORCE}'
MERGED = 'merged_into_id IS NOT NULL'
WHO = ['audience', 'organisation_id']

# name, table, columns, which rows
BEFORE = [
    ('ix_recommendations_submitted', 'recommendations', ['submitted_on', 'id', *WHO], None),
    ('ix_recommendations_by_status', 'recommendations', [*WHO, 'status'], None),
    ('ix_recommendations_by_instrument', 'recommendations', [*WHO, 'instrument'], None),
    ('ix_recommendations_by_year', 'recommendations', [*WHO, 'submitted_on', 'result'], None),
    ('ix_recommendation_places_audience_organisation_id_country_recommendation_id', 'recommendation_places', [*WHO, 'country', 'recommendation_id'], None),
    ('ix_recommendation_places_country_recommendation_id', 'recommendation_places', ['country', 'recommendation_id'], None),
    ('ix_addressees_audience_organisation_id_agency_id_state_recommendation_id', 'addressees', [*WHO, 'agency_id', 'state', 'recommendation_id'], None),
    ('ix_addressees_agency_id_recommendation_id', 'addressees', ['agency_id', 'recommendation_id'], None),
    ('ix_clocks_flagged', 'clocks', [*WHO, 'cause', 'recommendation_id', 'agency_id', 'flagged_on'], IN_FORCE),
    ('ix_clocks_late_spans', 'clocks', ['flagged_on', 'ended_on'], EVER_FLAGGED),
    ('ix_targets_merged_into_id', 'targets', ['merged_into_id'], None),
]
AFTER = [
    ('ix_recommendations_submitted', 'recommendations', ['submitted_on', 'id', *WHO, 'result'], None),
    ('ix_recommendations_figures', 'recommendations', ['status', 'instrument', 'result', *WHO], None),
    ('ix_recommendations_result', 'recommendations', ['result', *WHO], None),
    ('ix_recommendation_places_figures', 'recommendation_places', ['country', 'region', 'recommendation_id', *WHO], None),
    ('ix_addressees_figures', 'addressees', ['agency_id', 'recommendation_id', *WHO, 'acknowledged_on', 'answered_on'], None),
    ('ix_clocks_flagged', 'clocks', ['cause', 'recommendation_id', 'agency_id', *WHO, 'flagged_on'], IN_FORCE),
    ('ix_clocks_late_spans', 'clocks', ['ended_on', 'flagged_on'], EVER_FLAGGED),
    ('ix_clocks_snoozed', 'clocks', ['snoozed_until'], SNOOZED),
    ('ix_targets_merged_into_id', 'targets', ['merged_into_id'], MERGED),
]


def upgrade() -> None:
    _replace(BEFORE, AFTER)


def downgrade() -> None:
    _replace(AFTER, BEFORE)


def _replace(old: list, new: list) -> None:
    for name, table, _, _ in old:
        op.drop_index(op.f(name), table_name=table)
    for name, table, columns, rows in new:
        where = sa.text(rows) if rows else None
        op.create_index(op.f(name), table, columns, sqlite_where=where, postgresql_where=where)
