"""What the documents say holds: commands, options and settings exist, and files name no machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from tracker import config_module
from tracker.agencies import models as agencies
from tracker.casework.list_words import NAMES
from tracker.cli import cli
from tracker.clocks import models as clocks
from tracker.correspondence import models as correspondence
from tracker.recommendations import models as asks
from tracker.recommendations.outcomes import NotCredited
from tracker.targets import models as targets

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LOCKS = sorted(ROOT.glob("*.lock"))
# settings of the tests themselves, and what is set for a command but is no setting
NOT_OF_THE_PROGRAM = re.compile(r"TRACKER_TESTS_\w+")
FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4}\S.*$", re.MULTILINE)
LINKED = re.compile(r"\]\(([^)\s]+)\)")
INLINE = re.compile(r"`([^`\n]+)`")
CALL = re.compile(r"(?:^|[\s/(=])tracker((?: +[^\s`|;&#)]+)+)", re.MULTILINE)


def code_in(document: Path) -> Iterator[str]:
    """The pieces of a document that are written as code."""
    said = document.read_text(encoding="utf-8")
    yield from FENCED.findall(said)
    said = FENCED.sub("", said)
    yield from INDENTED.findall(said)
    yield from INLINE.findall(INDENTED.sub("", said))


def calls_in(document: Path) -> set[str]:
    """What follows the word `tracker` where it is called as a command."""
    return {
        " ".join(found.split())
        for piece in code_in(document)
        for found in CALL.findall(piece.replace("\\\n", " "))
    }


def command_named(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words call, and the words left over. Fails for one that there is not."""
    command: click.Command = cli
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.commands.get(rest[0])
        if found is None:
            raise LookupError(rest[0])
        command, rest = found, rest[1:]
    return command, rest


def problem_with(call: str) -> str | None:
    """What is wrong with a call in a document, if anything is."""
    for choice in alternatives(call):
        try:
            command, rest = command_named(choice.split())
        except LookupError as missing:
            return f"there is no command {missing}"
        known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
        for word in rest:
            option = word.strip("[]().,…").partition("=")[0]
            if option.startswith("--") and option not in {*known, "--help"}:
                return f"{command.name} has no option {option}"
    return None


def alternatives(call: str) -> Iterator[str]:
    """`users list/disable` names two commands."""
    parts = call.split()
    for place, part in enumerate(parts[:2]):
        if re.fullmatch(r"[a-z-]+(/[a-z-]+)+", part):
            for word in part.split("/"):
                yield " ".join([*parts[:place], word, *parts[place + 1 :]])
            return
    yield call


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    found = {call: problem_with(call) for call in calls_in(document)}
    assert {call: problem for call, problem in found.items() if problem} == {}


@pytest.mark.parametrize(
    ("call", "good"),
    [
        ("db upgrade", True),
        ("jobs run stale-sweep --at 2024-03-01 --json", True),
        ("users list/disable", True),
        ("stats --as staff@example.org", True),
        ("conquer", False),
        ("db conquer", False),
        ("users list/conquer", False),
        ("stats --loudly", False),
    ],
)
def test_a_command_that_is_missing_would_be_found(call: str, good: bool) -> None:
    assert (problem_with(call) is None) is good


def commands_of(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command of the program, as it is called."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_of(command, (*words, name))
        else:
            yield " ".join((*words, name))


def test_every_command_is_in_the_readme() -> None:
    called = {" ".join(call) for said in calls_in(README) for call in heads(said)}
    assert set(commands_of(cli)) - called == set()


def heads(call: str) -> Iterator[list[str]]:
    """The command that each alternative of a call names, without what follows it."""
    for choice in alternatives(call):
        words = choice.split()
        yield words[: len(words) - len(command_named(words)[1])]


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for document in DOCUMENTS
        for piece in code_in(document)
        for target in re.findall(r"(?:^|\s)make ([a-z]+)", piece)
    }
    assert named - targets == set()
    assert named >= {"demo", "test", "check"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    linked = LINKED.findall(document.read_text(encoding="utf-8"))
    own = [link.partition("#")[0] for link in linked if "://" not in link]
    assert [link for link in own if link and not (document.parent / link).is_file()] == []


# ---- settings


def settings_of_the_program() -> set[str]:
    return {"TRACKER_INSTANCE"} | {f"TRACKER_{n.upper()}" for n in config_module().PARSERS}


def settings_in(document: Path) -> set[str]:
    found = set(re.findall(r"\bTRACKER_[A-Z][A-Z_]*[A-Z]\b", document.read_text(encoding="utf-8")))
    return {name for name in found if not NOT_OF_THE_PROGRAM.fullmatch(name)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_setting_that_a_document_names_is_read(document: Path) -> None:
    assert settings_in(document) - settings_of_the_program() == set()


def test_every_test_that_the_page_of_security_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text()))
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 80
    assert named - there == set()


def test_every_setting_that_is_read_is_in_the_readme() -> None:
    assert settings_of_the_program() - settings_in(README) == set()


def test_every_setting_of_the_program_is_printed() -> None:
    settings = config_module().Settings(
        instance=Path("instance"),
        database_url="sqlite:///x",
        secret_key="x" * 32,
        base_url="http://localhost",
        trusted_hosts=("localhost",),
        public_dashboard=False,
        timezone="UTC",
    )
    assert set(settings.printable()) == settings_of_the_program()


# ---- files


@cache
def texts() -> dict[str, str]:
    """Every text file of the repository, by its path."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no repository")
    listed = subprocess.run(
        [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    found = {}
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file():
            try:
                found[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    assert len(found) > 50
    return found


def lines_with(pattern: str, *, flags: int = 0) -> list[str]:
    wanted = re.compile(pattern, flags)
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, said in texts().items()
        for number, line in enumerate(said.splitlines(), 1)
        if wanted.search(line)
    ]


# each is put together here, so that this file does not name what it looks for
HOMES = "|".join(["/home" + "/", "/Users" + "/", "/root" + "/", "/work" + "/", r"C:" + r"\\Users"])
INDEXES = (
    r"https?://[^\s\"']*("
    + "|".join(
        ["pypi" + r"\.", "python" + "hosted", "/sim" + "ple/", "arti" + "factory", "dev" + "pi"]
    )
    + ")"
)
UNFINISHED = r"\b(" + "TO" + "DO|FIX" + "ME|XX" + "X)\\b"


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert lines_with(rf"(?<![\w.-])({HOMES})") == []


def test_no_file_names_a_package_index() -> None:
    assert lines_with(INDEXES) == []


def test_no_file_is_left_unfinished() -> None:
    assert lines_with(UNFINISHED) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (HOMES, "see " + "/home" + "/somebody/notes.txt"),
        (INDEXES, "https://" + "pypi" + ".org/" + "simple"),
        (UNFINISHED, "# " + "TO" + "DO: think"),
    ],
)
def test_what_is_looked_for_would_be_found(pattern: str, line: str) -> None:
    assert re.search(pattern, line)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.name))
def test_a_lock_file_has_hashes_and_names_no_index(lock: Path) -> None:
    said = lock.read_text(encoding="utf-8")
    assert "://" not in said
    assert re.search(r"^\s*(-i|--(extra-)?index-url|-f|--find-links)\b", said, re.MULTILINE) is None
    packages = re.findall(
        r"^([a-zA-Z0-9_.-]+)(?:\[[^\]]*\])?==.*?(?=^[a-zA-Z0-9]|\Z)", said, re.M | re.S
    )
    pinned = re.split(r"^(?=[a-zA-Z0-9])", said, flags=re.MULTILINE)[1:]
    assert len(pinned) > 20
    assert len(packages) == len(pinned)
    assert [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block] == []


def test_there_are_lock_files() -> None:
    assert {lock.name for lock in LOCKS} >= {"requirements.lock", "requirements-dev.lock"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    named = set(re.findall(r"\btest_[a-z0-9_]+\b(?!\.py)", document.read_text(encoding="utf-8")))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
    }
    modules = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert named - written - modules == set()


def test_the_page_of_the_json_interface_names_every_filter_and_no_other() -> None:
    told = (ROOT / "docs/api.md").read_text().partition("## Filters of asks")[2].partition("##")[0]
    cells = re.findall(r"^\| (`[^|]+`) \|", told, re.MULTILINE)
    assert {name for cell in cells for name in INLINE.findall(cell)} == NAMES


WORDS = {
    "`seeks`": asks.Seeks,
    "`ground`": asks.Ground,
    "`closure_reason`": asks.ClosureReason,
    "`addressees[].state`": asks.AddresseeState,
    "`outcomes[].kind`": asks.OutcomeKind,
    "`outcomes[].attribution`": asks.Attribution,
    "`outcomes[].not_credited`": NotCredited,
    "`clocks[].kind`": clocks.ClockKind,
    "`clocks[].basis`": clocks.Basis,
    "`clocks[].state`": clocks.ClockState,
    "`clocks[].cause`, `causes[]`": clocks.Cause,
    "`contacts[].substance`": correspondence.Substance,
    "`contacts[].direction`": correspondence.Direction,
    "`channel`": correspondence.Channel,
    "`controls[].control_type`": asks.ControlType,
    "`controls[].eccn_status`": asks.EccnStatus,
    "`kind` of a target": targets.TargetKind,
    "`names[].kind`": targets.NameKind,
    "`kind` of a letter": correspondence.LetterKind,
    "`signatories[].role`": correspondence.SignatoryRole,
    "`kind` of a body": agencies.AgencyKind,
}


def test_the_page_of_the_json_interface_names_every_word_of_its_lists() -> None:
    told = (ROOT / "docs/api.md").read_text().partition("Words that come from a list:")[2]
    rows = re.findall(r"^\| (`[^|]+) \| ([^|]+) \|$", told, re.MULTILINE)
    found = {field: set(INLINE.findall(words)) for field, words in rows}
    assert found == {field: {str(word) for word in kind} for field, kind in WORDS.items()}


def test_every_decision_is_in_the_list_of_them() -> None:
    folder = ROOT / "docs/adr"
    listed = LINKED.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert listed == [path.name for path in sorted(folder.glob("0*.md"))]
