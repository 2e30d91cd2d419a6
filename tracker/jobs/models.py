"""The ledger of job runs; its unique key is what makes a job run once a period."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Base, Keyed
from tracker.core.types import word


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class JobRun(Base, Keyed):
    """One run of one job for one period; whoever inserts the row has the run."""

    __tablename__ = "job_runs"
    __table_args__ = (
        UniqueConstraint("job", "period"),
        Index(None, "job", "started_at"),
        Index(None, "job", "state", "as_of"),
        Index(None, "started_at", "id"),
    )

    job: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(60))
    as_of: Mapped[date] = mapped_column(Date)
    state: Mapped[RunState] = mapped_column(word(RunState))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    # until then nobody else may take the run over; a killed process never finishes its own
    lease_until: Mapped[datetime]
    host: Mapped[str] = mapped_column(String(255))
    result: Mapped[str] = mapped_column(Text, default="{}")
    error: Mapped[str] = mapped_column(String(500), default="")


class Heartbeat(Base):
    """The last sign of life of the schedulers, however many processes run one."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]
    host: Mapped[str] = mapped_column(String(255))
