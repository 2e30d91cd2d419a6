"""How a working archive is made up; the numbers are weights."""

from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import ClosureReason, OutcomeKind, Result, Status
from tracker.records.models import Audience

ASKS_A_LETTER = (1, 1, 2, 3, 4)
AUDIENCES = {
    Audience.ORGANISATION: 45,
    Audience.COALITION: 40,
    Audience.PUBLIC: 12,
    Audience.NAMED: 3,
}
STATUSES = {
    Status.DRAFT: 6,
    Status.VETTING: 4,
    Status.READY: 3,
    Status.SUBMITTED: 40,
    Status.ACKNOWLEDGED: 15,
    Status.UNDER_REVIEW: 7,
    Status.CLOSED: 25,
}
INSTRUMENTS = dict.fromkeys(Instrument, 2) | {
    Instrument.GLOBAL_MAGNITSKY: 40,
    Instrument.VISA_7031C: 12,
    Instrument.ENTITY_LIST: 12,
    Instrument.EXPORT_CONTROL: 6,
    Instrument.UNSPECIFIED: 8,
}
PLACES = {
    ("CN", "Tibet"): 14,
    ("CN", "Xinjiang"): 14,
    ("CN", ""): 10,
    ("CN", "Hong Kong"): 8,
    ("RU", ""): 10,
    ("IR", ""): 8,
    ("BY", ""): 5,
    ("MM", ""): 5,
    ("VE", ""): 4,
    ("NI", ""): 4,
    ("SA", ""): 3,
    ("EG", ""): 3,
    ("SD", "Darfur"): 3,
    ("UG", ""): 2,
    ("VN", ""): 2,
    ("KH", ""): 2,
    ("AZ", ""): 2,
    ("ZW", ""): 1,
}
CLOSED = {
    (ClosureReason.ACTED_IN_FULL, Result.IN_FULL): 25,
    (ClosureReason.ACTED_IN_PART, Result.IN_PART): 20,
    (ClosureReason.DECLINED, Result.DECLINED): 15,
    (ClosureReason.WITHDRAWN, Result.NONE_KNOWN): 15,
    (ClosureReason.MOOT, Result.NONE_KNOWN): 10,
    (ClosureReason.SUPERSEDED, Result.RELATED): 15,
}
RELATED_OF_OPEN = 0.08
OUTCOMES = {
    Result.IN_FULL: OutcomeKind.LISTED_AS_ASKED,
    Result.IN_PART: OutcomeKind.LISTED_AS_ASKED,
    Result.RELATED: OutcomeKind.LISTED_RELATED_PARTY,
    Result.DECLINED: OutcomeKind.DECLINED,
}
ORIGINAL_NAMES = ("西藏自治区公安厅", "བོད་རང་སྐྱོང་ལྗོངས", "شرطة المدينة", "Управление полиции")
TAGS = ("annual letter", "december campaign", "detention", "surveillance", "transnational")
