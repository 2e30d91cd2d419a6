"""a source is as narrow as the narrowest record that cites it"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types
from tracker.core.now import now

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

WIDTHS = ['named', 'organisation', 'coalition', 'public']
CITING = """
    SELECT uses.source_id, uses.record_id, sources.audience AS own, citing.audience
    FROM source_uses AS uses
    JOIN sources ON sources.id = uses.source_id
    JOIN (SELECT id, audience FROM recommendations
          UNION ALL SELECT id, audience FROM letters
          UNION ALL SELECT id, audience FROM contacts) AS citing ON citing.id = uses.record_id
    WHERE uses.voided_at IS NULL
"""
STAFF = """
    SELECT users.id FROM users JOIN sources ON sources.organisation_id = users.organisation_id
    WHERE sources.id = :id AND users.role IN ('staff', 'admin')
"""
COPIES = {'sources': 'id', 'attachments': 'source_id', 'record_tags': 'record_id'}


def upgrade() -> None:
    citing = op.get_bind().execute(sa.text(CITING)).all()
    for source_id in {row.source_id for row in citing}:
        own = next(row.own for row in citing if row.source_id == source_id)
        audiences = {row.record_id: row.audience for row in citing if row.source_id == source_id}
        narrowest = min(audiences.values(), key=WIDTHS.index)
        if WIDTHS.index(narrowest) < WIDTHS.index(own):
            _narrow(source_id, narrowest)
        for_named = [key for key, audience in audiences.items() if audience == 'named']
        if for_named:
            own_people = 'organisation' in (own, *audiences.values())
            _name(source_id, for_named, was_named=own == 'named', own_people=own_people)


def downgrade() -> None:
    """What was narrowed stays so: nobody knows any more how wide it was meant to be."""


def _narrow(source_id: int, audience: str) -> None:
    bind, given = op.get_bind(), {'audience': audience, 'id': source_id}
    for table, key in COPIES.items():
        bind.execute(sa.text(f'UPDATE {table} SET audience = :audience WHERE {key} = :id'), given)
    spans = sa.table(
        'audience_spans',
        sa.column('record_id'),
        sa.column('audience'),
        sa.column('from_at', types.UtcDateTime()),
        sa.column('until_at', types.UtcDateTime()),
    )
    at = now()
    standing = spans.update().where(spans.c.record_id == source_id, spans.c.until_at.is_(None))
    bind.execute(standing.values(until_at=at))
    bind.execute(spans.insert().values(record_id=source_id, audience=audience, from_at=at))


def _name(source_id: int, for_named: list[int], *, was_named: bool, own_people: bool) -> None:
    """Name for a source those people who are named on each of these records, and on the source
    itself if it was for named people before; of the owner's people alone, if it or a record was
    theirs. Where nobody is left, who recorded it."""
    grants = sa.table(
        'grants',
        sa.column('record_id'),
        sa.column('user_id'),
        sa.column('granted_at', types.UtcDateTime()),
    )
    bind = op.get_bind()
    each = [*for_named, source_id] if was_named else for_named
    found = bind.execute(sa.select(grants.c.user_id, grants.c.record_id).where(grants.c.record_id.in_(each)))
    named = [row.user_id for row in found]
    bind.execute(grants.delete().where(grants.c.record_id == source_id))
    at = now()
    left = {user_id for user_id in named if named.count(user_id) == len(each)}
    if own_people:
        left &= set(bind.scalars(sa.text(STAFF), {'id': source_id}))
    recorder = bind.scalar(sa.text('SELECT created_by_id FROM sources WHERE id = :id'), {'id': source_id})
    for user_id in left or {recorder} - {None}:
        bind.execute(grants.insert().values(record_id=source_id, user_id=user_id, granted_at=at))
