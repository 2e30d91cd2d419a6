"""notices are noted with the changes they tell of: what is read since a mark are days"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    _with(sa.Column('day', sa.Date(), nullable=False), sa.select(sa.func.current_date()))
    op.execute("DELETE FROM notice_marks WHERE name = 'events'")


def downgrade() -> None:
    newest = sa.select(sa.func.coalesce(sa.func.max(sa.column('id')), 0)).select_from(sa.table('history_events'))
    _with(sa.Column('event_id', KEY, nullable=False), newest)


def _with(column: sa.Column[Any], value: sa.Select[Any]) -> None:
    """The same marks, with this column instead of the other."""
    names = op.get_bind().scalars(sa.text('SELECT name FROM notice_marks')).all()
    op.drop_table('notice_marks')
    made = op.create_table('notice_marks',
    sa.Column('name', sa.String(length=20), nullable=False),
    column,
    sa.CheckConstraint('length(name) <= 20', name=op.f('ck_notice_marks_name_length')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_notice_marks'))
    )
    for name in names:
        op.execute(made.insert().values({'name': name, column.name: value.scalar_subquery()}))
