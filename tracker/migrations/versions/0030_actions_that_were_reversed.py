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
# as `outcomes.why_not_credited` has it, save for targets that are merged: an ask follows when it is touched
REVERSED = f"""
    UPDATE recommendations SET result = 'reversed'
    WHERE result = 'none_known' AND seeks = 'addition' AND EXISTS (
        SELECT 1 FROM outcomes AS came JOIN outcomes AS went ON went.recommendation_id = came.recommendation_id
        LEFT JOIN agencies AS one ON one.id = came.authority_id
        LEFT JOIN agencies AS other ON other.id = went.authority_id
        WHERE came.recommendation_id = recommendations.id
          AND came.voided_at IS NULL AND went.voided_at IS NULL AND came.actor = ''
          AND went.kind = 'reversed' AND came.kind IN
              ('listed_as_asked', 'rule_issued', 'listed_other_authority', 'listed_by_ally')
          AND coalesce(came.target_id, 0) = coalesce(went.target_id, 0)
          AND (one.id IS NULL OR other.id IS NULL
               OR coalesce(one.parent_id, one.id) = coalesce(other.parent_id, other.id))
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
