"""The same results as the pages', by SQL as one would write it by hand."""

from collections.abc import Iterable
from typing import Any

from tests.benchmarks.world import Bare
from tracker.accounts.viewer import Viewer

# who sees what, as `records.queries.visible` has it; :user and :organisation say who asks
SEES = (
    "CASE {0}.audience WHEN 'public' THEN TRUE WHEN 'coalition' THEN TRUE"
    " WHEN 'organisation' THEN {0}.organisation_id = :organisation"
    " WHEN 'named' THEN {0}.{1} IN (SELECT record_id FROM grants WHERE user_id = :user)"
    " ELSE FALSE END"
)
IN_FORCE = "state = 'running' AND flagged_on IS NOT NULL AND superseded_at IS NULL"


def sees(alias: str, key: str = "id") -> str:
    """The condition that whoever asks may see a row."""
    return SEES.format(alias, key)


def who(viewer: Viewer) -> dict[str, Any]:
    """The parameters that say who asks; a partner sees no record of an organisation alone."""
    own = viewer.organisation_id if viewer.edits else -1
    return {"user": viewer.user_id, "organisation": own}


def _among(ids: Iterable[Any]) -> str:
    return ", ".join(str(int(i)) for i in ids) or "NULL"


def list_page(
    bare: Bare, viewer: Viewer, where: str, wanted: dict[str, Any], after: tuple[Any, int] | None
) -> list[tuple[Any, ...]]:
    """A page of asks, changed last first, with the bodies asked and why they are flagged."""
    more = {**who(viewer), **wanted}
    if after:
        where += " AND (a.updated_at, a.id) < (:moment, :last)"
        more |= {"moment": after[0], "last": after[1]}
    rows = bare.rows(
        "SELECT a.id, r.reference, a.title, a.instrument, a.status, a.result, a.submitted_on,"
        " a.last_contact_on FROM recommendations a JOIN records r ON r.id = a.id"
        f" WHERE {where} AND {sees('a')} ORDER BY a.updated_at DESC, a.id DESC LIMIT 51",
        **more,
    )
    ids = _among(row[0] for row in rows)
    bare.rows(
        "SELECT d.recommendation_id, g.short_name FROM addressees d JOIN agencies g"
        f" ON g.id = d.agency_id WHERE d.recommendation_id IN ({ids}) ORDER BY d.position"
    )
    bare.rows(
        "SELECT recommendation_id, cause FROM clocks"
        f" WHERE {IN_FORCE} AND recommendation_id IN ({ids})"
    )
    return rows


_OF_ASK = (
    "SELECT * FROM recommendations a JOIN records r ON r.id = a.id WHERE a.id = :ask",
    "SELECT * FROM addressees d JOIN agencies g ON g.id = d.agency_id"
    " WHERE d.recommendation_id = :ask ORDER BY d.position",
    "SELECT * FROM recommendation_places WHERE recommendation_id = :ask",
    "SELECT * FROM controlled_items WHERE recommendation_id = :ask",
    "SELECT * FROM recommendation_targets l JOIN targets t ON t.id = l.target_id JOIN records r"
    " ON r.id = t.id JOIN target_names n ON n.target_id = t.id WHERE l.recommendation_id = :ask",
    "SELECT * FROM letter_recommendations l JOIN letters t ON t.id = l.letter_id JOIN records r"
    " ON r.id = t.id WHERE l.recommendation_id = :ask",
    "SELECT o.id, o.title, o.status, r.reference FROM letter_recommendations l JOIN"
    " letter_recommendations s ON s.letter_id = l.letter_id JOIN recommendations o"
    " ON o.id = s.recommendation_id JOIN records r ON r.id = o.id WHERE l.recommendation_id = :ask",
    "SELECT * FROM contact_recommendations l JOIN contacts c ON c.id = l.contact_id JOIN records r"
    " ON r.id = c.id WHERE l.recommendation_id = :ask ORDER BY c.happened_on",
    "SELECT b.contact_id, g.short_name FROM contact_recommendations l JOIN contact_agencies b"
    " ON b.contact_id = l.contact_id JOIN agencies g ON g.id = b.agency_id"
    " WHERE l.recommendation_id = :ask",
    "SELECT * FROM outcomes o LEFT JOIN outcome_citations c ON c.outcome_id = o.id"
    " WHERE o.recommendation_id = :ask",
    "SELECT * FROM source_uses u JOIN sources s ON s.id = u.source_id WHERE u.record_id = :ask",
    "SELECT * FROM record_tags WHERE record_id = :ask",
    "SELECT * FROM status_spans WHERE recommendation_id = :ask",
    "SELECT * FROM clocks c LEFT JOIN clock_rules r ON r.id = c.rule_id"
    " WHERE c.recommendation_id = :ask AND c.superseded_at IS NULL",
)


def record_page(bare: Bare, ask: int) -> None:
    """One ask with all that belongs to it."""
    for sql in _OF_ASK:
        bare.rows(sql, ask=ask)


_KNOWN = "('acted_in_full', 'acted_in_part', 'related_action', 'reversed', 'declined')"
_FIGURES = (
    "SELECT status, instrument, result, count(*) FROM recommendations a WHERE {a} GROUP BY 1, 2, 3",
    "SELECT submitted_on, sum(CASE WHEN result = 'none_known' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN result = 'acted_in_full' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN result = 'acted_in_part' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN result = 'related_action' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN result = 'reversed' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN result = 'declined' THEN 1 ELSE 0 END)"
    " FROM recommendations a WHERE {a} GROUP BY 1",
    "SELECT country, region, count(*) FROM recommendation_places p WHERE {p} GROUP BY 1, 2",
    "SELECT country, region, result, count(*) FROM recommendations a JOIN recommendation_places p"
    f" ON p.recommendation_id = a.id WHERE result IN {_KNOWN} AND {{a}} GROUP BY 1, 2, 3",
    "SELECT agency_id, count(*), sum(CASE WHEN acknowledged_on > '' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN answered_on > '' THEN 1 ELSE 0 END)"
    " FROM addressees d WHERE {d} GROUP BY 1",
    "SELECT agency_id, result, count(*) FROM recommendations a JOIN addressees d"
    f" ON d.recommendation_id = a.id WHERE result IN {_KNOWN} AND {{a}} GROUP BY 1, 2",
    f"SELECT count(DISTINCT recommendation_id) FROM clocks c WHERE {IN_FORCE} AND {{c}}",
    f"SELECT cause, count(DISTINCT recommendation_id) FROM clocks c WHERE {IN_FORCE} AND {{c}}"
    " GROUP BY 1",
    f"SELECT agency_id, count(DISTINCT recommendation_id) FROM clocks c WHERE {IN_FORCE}"
    " AND agency_id IS NOT NULL AND {c} GROUP BY 1",
    "SELECT count(*) FROM letters l WHERE {l}",
    "SELECT a.id, a.title, a.last_contact_on FROM recommendations a WHERE status <> 'closed'"
    " AND last_contact_on > '' AND {a} ORDER BY last_contact_on, id LIMIT 10",
)


def figures(bare: Bare, viewer: Viewer) -> None:
    """Every figure of the dashboard."""
    conditions = {
        "a": sees("a"),
        "l": sees("l"),
        **{alias: sees(alias, "recommendation_id") for alias in ("p", "d", "c")},
    }
    for sql in _FIGURES:
        bare.rows(sql.format(**conditions), **who(viewer))
