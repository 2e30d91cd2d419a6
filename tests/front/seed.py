"""The letter of 23 October 2023 to three Secretaries, as a person types it."""

from tests.front.support import Sitting, where
from tests.support.people import Person

LETTER = {
    "title": "On mass DNA collection in the Tibet Autonomous Region",
    "written_on": "2023-10-23",
    "kind": "congressional",
    "on_behalf_of": "Congressional-Executive Commission on China",
    "received_on": "2023-10",
    "received_proof": "Read into the record",
}
SIGNATORIES = (
    ("Rep. Chris Smith", "chair"),
    ("Sen. Jeff Merkley", "cochair"),
)
ADDRESSEES = ("Raimondo", "Yellen", "Blinken")
BUREAU = {
    "name": "Tibet Autonomous Region Public Security Department",
    "kind": "public_body",
    "other_names": "西藏自治区公安厅\nབོད་རང་སྐྱོང་ལྗོངས་སྤྱི་བདེ་ཐིང་\nإدارة الأمن العام في التبت",
    "place": "China (Tibet)",
}
OFFICIALS = "PRC officials responsible for the forced separation of Tibetan children"
AFFILIATED = "Any other entities affiliated with the mass DNA collection project"
ITEM = {
    "control_type": "end_user",
    "technology": "DNA sequencers and kits",
    "models": "3500 series",
    "supplier": "Thermo Fisher Scientific",
    "eccn": "3a981",
    "eccn_status": "suspected",
    "destination": "China (Tibet)",
    "end_user": "Public Security Bureaus in Tibet",
    "end_use": "Political identification and racial profiling",
    "reason_for_control": "Crime control, 15 CFR 742.7",
    "licence_policy": "Presumption of denial",
    "diversion_evidence": "Replacement parts were bought for the police.\nTwo tenders name them.",
}
EXPORT, MAGNITSKY, VISAS, ENTITY_LIST = (
    "Control exports of biometric technology to police in Tibet",
    "Global Magnitsky sanctions on those responsible",
    "Visa restrictions on those responsible",
    "Add the Public Security Bureaus to the Entity List",
)
SOURCES = (
    {
        "title": "USA urged to sanction PRC officials",
        "url": "https://www.cecc.gov/media-center/letter",
        "publisher": "CECC",
        "published_on": "2023-10-23",
        "shows": "The letter itself",
    },
    {
        "title": "Mass DNA Collection in the Tibet Autonomous Region",
        "url": "https://citizenlab.ca/2022/09/dna/",
        "publisher": "Citizen Lab",
        "published_on": "2022-09",
        "shows": "Between 900,000 and 1.2 million samples since 2016",
    },
)


def under(name: str, typed: dict[str, str]) -> dict[str, str]:
    """Fields of a row."""
    return {f"{name}-{field}": value for field, value in typed.items()}


def type_the_letter(person: Person, known_target: str) -> Sitting:
    """The whole letter typed into its form, row by row, with the form's own buttons; in the third
    ask a target on record is found by the name given."""
    form = Sitting(person, "/letters/new").type(LETTER)
    for number, (name, role) in enumerate(SIGNATORIES):
        if number:
            form.press("add:signatories")
        signed = {"name": name, "role": role, "body": "CECC"}
        form.type(under(f"signatories-{number}", signed))
    for number, name in enumerate(ADDRESSEES):
        if number:
            form.press("add:addressees")
        form.type({f"addressees-{number}-agency": name}).press(f"find:addressees-{number}")
        form.choose(name)
    _type_the_asks(form, known_target)
    for number, source in enumerate(SOURCES):
        if number:
            form.press("add:sources")
        form.type(under(f"sources-{number}", source))
    return form


def _type_the_asks(form: Sitting, known_target: str) -> None:
    export = {
        "instrument": "export_control",
        "title": EXPORT,
        "request": "Impose export controls on technology used to collect biometric data.",
        "places": "China (Tibet); China (Xinjiang)",
        "newest_conduct_on": "2022-09",
        "abuse": "Blood was taken from children without consent.",
    }
    form.type(under("asks-0", export)).type(under("asks-0-targets-0", BUREAU))
    form.press("add:asks-0-controls").type(under("asks-0-controls-0", ITEM))
    form.press("add:asks")
    magnitsky = {"instrument": "global_magnitsky", "title": MAGNITSKY, "ground": "human_rights"}
    form.type(under("asks-1", magnitsky))
    form.type(under("asks-1-targets-0", {"name": OFFICIALS, "kind": "class"}))
    form.press("add:asks")
    visas = {"instrument": "visa_unspecified", "title": VISAS, "asked_of": "2"}
    form.type(under("asks-2", visas))
    form.type({"asks-2-targets-0-name": known_target}).press("find:asks-2-targets-0")
    form.choose(known_target)
    form.press("add:asks")
    entity_list = {"instrument": "entity_list", "title": ENTITY_LIST, "places": "China (Tibet)"}
    form.type(under("asks-3", entity_list))
    form.type(under("asks-3-targets-0", {"name": "TAR Public Security Bureaus", "kind": "class"}))
    form.press("add:asks-3-targets")
    form.type(under("asks-3-targets-1", {"name": AFFILIATED, "kind": "class"}))


def record_the_letter(person: Person) -> str:
    """The letter recorded in one sitting: the address of its page. The official that its third ask
    names was on record before."""
    known = {"name": "Wu Yingjie", "other_names": "吴英杰", "position": "Party Secretary"}
    where(Sitting(person, "/targets/new").type(known).send())
    return type_the_letter(person, "吴英杰").save()
