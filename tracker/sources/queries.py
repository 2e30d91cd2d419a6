"""Finding sources, always on behalf of a viewer."""

from collections.abc import Collection, Iterable

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.accounts.viewer import Viewer
from tracker.core.db import IDS, built_once, db, grouped
from tracker.records.models import Audience, Record
from tracker.records.queries import references_of, visible
from tracker.sources.models import Attachment, AttachmentPiece, Source, SourceUse


def listing(viewer: Viewer) -> Select[Source]:
    """All sources that the viewer may see, to be paged."""
    return visible(select(Source), Source, viewer)


def get(viewer: Viewer, reference: str) -> Source | None:
    """The source of that reference with its owner, if the viewer may see it."""
    statement = select(Source).join(Record, Record.id == Source.id)
    statement = statement.options(joinedload(Source.organisation))
    return db.session.scalar(
        visible(statement.where(Record.reference == reference), Source, viewer)
    )


def cited_by(viewer: Viewer, record_ids: Iterable[int]) -> dict[int, list[SourceUse]]:
    """The citations of records that stand, in their order, without the sources that the viewer may
    not see."""
    found: dict[int, list[SourceUse]] = {}
    for use in db.session.scalars(_cited(viewer), {"ids": list(record_ids)}):
        found.setdefault(use.record_id, []).append(use)
    return found


@built_once
def _cited(viewer: Viewer) -> Select[SourceUse]:
    statement = (
        select(SourceUse)
        .join(SourceUse.source)
        .where(SourceUse.record_id.in_(IDS), SourceUse.voided_at.is_(None))
        .options(contains_eager(SourceUse.source))
        .order_by(SourceUse.record_id, SourceUse.position, SourceUse.source_id)
    )
    return visible(statement, Source, viewer)


def uses_of(viewer: Viewer, source_id: int) -> list[SourceUse]:
    """The citations of a source that stand, by records that the viewer may see."""
    statement = select(SourceUse).where(
        SourceUse.source_id == source_id, SourceUse.voided_at.is_(None)
    )
    uses = db.session.scalars(statement.order_by(SourceUse.record_id)).all()
    known = references_of(viewer, [use.record_id for use in uses])
    return [use for use in uses if use.record_id in known]


def citing(source_ids: Iterable[int]) -> dict[int, list[int]]:
    """The ids of all records that cite sources, by source; the caller looks them up as the
    viewer."""
    return grouped(_CITING, source_ids)


_CITING = (
    select(SourceUse.source_id, SourceUse.record_id)
    .where(SourceUse.source_id.in_(IDS), SourceUse.voided_at.is_(None))
    .order_by(SourceUse.record_id)
)


def all_cited_by(record_ids: Iterable[int]) -> list[Source]:
    """The sources that records cite, whoever may see them: for what is done to each of them."""
    statement = (
        select(Source)
        .join(SourceUse, SourceUse.source_id == Source.id)
        .where(SourceUse.record_id.in_(list(record_ids)), SourceUse.voided_at.is_(None))
    )
    return list(db.session.scalars(statement.distinct().order_by(Source.id)))


def with_files(source_ids: Collection[int]) -> set[int]:
    """Those of some sources to which files belong that stand, whoever may see them."""
    standing = select(Attachment.source_id).where(
        Attachment.source_id.in_(source_ids), Attachment.voided_at.is_(None)
    )
    return set(db.session.scalars(standing.distinct()))


def has_published(
    record_id: int, *, but: int | None = None, becoming: Collection[int] = ()
) -> bool:
    """Whether a record rests on a source that anybody can read and that is public here too, or is
    `becoming` so; perhaps leaving one out."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    SourceUse.record_id == record_id,
                    SourceUse.source_id == Source.id,
                    SourceUse.voided_at.is_(None),
                    Source.id != (but or 0),
                    Source.url != "",
                    Source.is_protected.is_(False),
                    or_(Source.audience == Audience.PUBLIC, Source.id.in_(becoming)),
                )
            )
        )
    )


def same(viewer: Viewer, title: str, url: str, *, is_protected: bool) -> list[Source]:
    """The sources of the viewer's own organisation with the same title and address, for citing."""
    statement = select(Source).where(
        Source.organisation_id == viewer.organisation_id,
        Source.title == title,
        Source.url == url,
        Source.is_protected == is_protected,
    )
    return list(db.session.scalars(visible(statement, Source, viewer).order_by(Source.id)))


def attachments_of(viewer: Viewer, source_id: int) -> dict[int, Attachment]:
    """The files of a source that stand, by their numbers within it, in the order in which they were
    added. A key would tell how many files all others have."""
    statement = select(Attachment).where(Attachment.source_id == source_id).order_by(Attachment.id)
    files = db.session.scalars(visible(statement, Attachment, viewer))
    return {number: file for number, file in enumerate(files, 1) if not file.voided_at}


def piece_of(attachment_id: int, position: int, *, is_copy: bool) -> bytes | None:
    """A piece of a file, or nothing past its end. The caller has found the file through
    `visible()`, and which copy is meant."""
    statement = select(AttachmentPiece.content).where(
        AttachmentPiece.attachment_id == attachment_id,
        AttachmentPiece.is_copy == is_copy,
        AttachmentPiece.position == position,
    )
    return db.session.scalar(statement)
