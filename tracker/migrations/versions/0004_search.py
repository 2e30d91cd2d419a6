"""search"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

# Rows that are there already are indexed by `tracker db upgrade` after the migrations, since their
# terms are made by the program and not by a database.

# Each trigger tells the full-text table what the old terms were: it keeps none itself.
SQLITE = (
    """CREATE VIRTUAL TABLE search_index USING fts5(terms, content='search_text',
        content_rowid='record_id', tokenize='ascii', detail='none', prefix='1 2 3')""",
    """CREATE TRIGGER search_text_added AFTER INSERT ON search_text BEGIN
        INSERT INTO search_index(rowid, terms) VALUES (new.record_id, new.terms);
    END""",
    """CREATE TRIGGER search_text_erased AFTER DELETE ON search_text BEGIN
        INSERT INTO search_index(search_index, rowid, terms)
        VALUES ('delete', old.record_id, old.terms);
    END""",
    """CREATE TRIGGER search_text_changed AFTER UPDATE ON search_text BEGIN
        INSERT INTO search_index(search_index, rowid, terms)
        VALUES ('delete', old.record_id, old.terms);
        INSERT INTO search_index(rowid, terms) VALUES (new.record_id, new.terms);
    END""",
)


def upgrade() -> None:
    op.create_table(
        'search_text',
        sa.Column(
            'record_id',
            sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
            nullable=False,
        ),
        sa.Column('terms', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ['record_id'],
            ['records.id'],
            name=op.f('fk_search_text_record_id'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('record_id', name=op.f('pk_search_text')),
    )
    if op.get_bind().dialect.name == 'sqlite':
        for statement in SQLITE:
            op.execute(statement)
    else:
        op.create_index(
            'ix_search_text_terms',
            'search_text',
            [sa.text("array_to_tsvector(string_to_array(terms, ' '))")],
            postgresql_using='gin',
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TABLE search_index')  # the triggers go with the table that they watch
    op.drop_table('search_text')
