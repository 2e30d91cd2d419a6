"""an index of the terms of each kind of record: a word that is rare in one is found at once there"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

KINDS = ("R", "L", "T", "S", "C")
CHECK = "kind IN ('R', 'L', 'T', 'S', 'C')"
INDEX = "ix_search_text_terms"
TERMS = [sa.text("array_to_tsvector(string_to_array(terms, ' '))")]
TRIGGERS = {
    "added": "AFTER INSERT",
    "erased": "AFTER DELETE",
    "changed": "AFTER UPDATE",
}
FORGET = (
    "INSERT INTO search_index(search_index, rowid, terms) VALUES ('delete', old.record_id, old.terms);"
)
ADD = "INSERT INTO search_index(rowid, terms) VALUES (new.record_id, new.terms);"
DOES = {"added": ADD, "erased": FORGET, "changed": f"{FORGET} {ADD}"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(", kind", ", records.kind", _kind(nullable=False), *_checks())
        return
    op.drop_index(INDEX, "search_text")
    op.add_column("search_text", _kind(nullable=True))
    op.execute(
        "UPDATE search_text SET kind = records.kind FROM records WHERE records.id = record_id"
    )
    op.alter_column("search_text", "kind", nullable=False)
    op.create_check_constraint(op.f("ck_search_text_kind"), "search_text", CHECK)
    for kind in KINDS:
        op.create_index(
            f"{INDEX}_{kind.lower()}",
            "search_text",
            TERMS,
            postgresql_using="gin",
            postgresql_where=sa.text(f"kind = '{kind}'"),
        )


def downgrade() -> None:
    # what was not searched before is not in the older index
    op.execute("DELETE FROM search_text WHERE kind = 'C'")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild("", "")
        return
    for kind in KINDS:
        op.drop_index(f"{INDEX}_{kind.lower()}", "search_text")
    op.drop_column("search_text", "kind")
    op.create_index(INDEX, "search_text", TERMS, postgresql_using="gin")


def _kind(*, nullable: bool) -> sa.Column[str]:
    return sa.Column("kind", sa.String(40), nullable=nullable)


def _checks() -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(CHECK, name=op.f("ck_search_text_kind"))]


def _rebuild(column: str, value: str, *more: sa.schema.SchemaItem) -> None:
    """Make SQLite's table anew, with its triggers, which go with the old one, and the full-text
    table that they keep."""
    op.create_table(
        "search_text_anew",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_search_text_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_search_text")),
    )
    op.execute(
        f"INSERT INTO search_text_anew (record_id, terms{column}) SELECT record_id, terms{value} "
        "FROM search_text JOIN records ON records.id = record_id"
    )
    op.drop_table("search_text")
    op.rename_table("search_text_anew", "search_text")
    for name, when in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER search_text_{name} {when} ON search_text BEGIN {DOES[name]} END"
        )
    op.execute("INSERT INTO search_index(search_index) VALUES ('rebuild')")
