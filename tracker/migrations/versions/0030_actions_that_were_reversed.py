"""an ask on which the only action was reversed did not go without action"""

from collections.abc import Sequence

from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

BEFORE = ('none_known', 'acted_in_full', 'acted_in_part', 'related_action', 'declined')
AFTER = ('none_known', 'acted_in_full', 'acted_in_part', 'related_action', 'reversed', 'declined')
TABLE, CHECK = 'recommendations', 'ck_recommendations_result'

# the earliest and the latest day that a date can mean which is known in part
FIRST = "{0} || substr('0000-01-01', length({0}) + 1)"
LAST = "{0} || substr('9999-12-31', length({0}) + 1)"
# as `outcomes.why_not_credited` and `settle` have it, save for targets that are merged: an ask about one follows
# when it is touched
REVERSED = f"""
    WITH RECURSIVE above (id, head_id) AS (
        SELECT agencies.id, coalesce(chair.member_id, agencies.parent_id)
        FROM agencies LEFT JOIN agency_memberships AS chair ON chair.body_id = agencies.id AND chair.role = 'chair'
    ), way (id, at) AS (
        SELECT id, id FROM above
        UNION SELECT way.id, above.head_id FROM way JOIN above ON above.id = way.at WHERE above.head_id IS NOT NULL
    ), heads (id, head_id) AS (
        SELECT way.id, way.at FROM way JOIN above ON above.id = way.at WHERE above.head_id IS NULL
    )
    UPDATE recommendations SET result = 'reversed'
    WHERE result = 'none_known' AND seeks = 'addition' AND EXISTS (
        SELECT 1 FROM outcomes AS came JOIN outcomes AS went ON went.recommendation_id = came.recommendation_id
        LEFT JOIN targets ON targets.id = came.target_id
        LEFT JOIN heads AS one ON one.id = came.authority_id
        LEFT JOIN heads AS other ON other.id = went.authority_id
        WHERE came.recommendation_id = recommendations.id
          AND came.voided_at IS NULL AND went.voided_at IS NULL AND came.actor = '' AND went.actor = ''
          AND went.kind = 'reversed' AND came.kind IN
              ('listed_as_asked', 'rule_issued', 'listed_other_authority', 'listed_by_ally')
          AND coalesce(came.target_id, 0) = coalesce(went.target_id, 0)
          AND (targets.id IS NULL OR targets.audience = 'public'
               OR (targets.audience = 'coalition' AND recommendations.audience <> 'public')
               OR (targets.audience = 'organisation' AND recommendations.audience = 'organisation'
                   AND targets.organisation_id = recommendations.organisation_id))
          AND (one.head_id IS NULL OR other.head_id IS NULL OR one.head_id = other.head_id)
          AND (came.effective_on = '' OR went.effective_on = ''
               OR {FIRST.format('came.effective_on')} <= {LAST.format('went.effective_on')})
          AND (came.effective_on = '' OR submitted_on = ''
               OR {LAST.format('came.effective_on')} >= {FIRST.format('submitted_on')})
    )
"""


def upgrade() -> None:
    _let(BEFORE, AFTER)
    op.execute(REVERSED)


def downgrade() -> None:
    op.execute("UPDATE recommendations SET result = 'none_known' WHERE result = 'reversed'")
    _let(AFTER, BEFORE)


def _let(before: Sequence[str], after: Sequence[str]) -> None:
    bind = op.get_bind()
    if bind.dialect.name == 'postgresql':
        op.drop_constraint(op.f(CHECK), TABLE)
        op.create_check_constraint(op.f(CHECK), TABLE, f'result IN ({_listed(after)})')
        return
    # SQLite changes no CHECK of a table that stands
    made = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (TABLE,)).scalar_one()
    indexes = bind.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (TABLE,)
    ).scalars().all()
    columns = made[made.index('('):]
    if columns.count(_listed(before)) != 1:
        raise ValueError(f'{TABLE} is not as the revisions before left it.')
    bind.exec_driver_sql(f'CREATE TABLE {TABLE}_after {columns.replace(_listed(before), _listed(after))}')
    bind.exec_driver_sql(f'INSERT INTO {TABLE}_after SELECT * FROM {TABLE}')
    bind.exec_driver_sql(f'DROP TABLE {TABLE}')
    bind.exec_driver_sql(f'ALTER TABLE {TABLE}_after RENAME TO {TABLE}')
    for each in indexes:
        bind.exec_driver_sql(each)


def _listed(words: Sequence[str]) -> str:
    return ', '.join(f"'{each}'" for each in words)
