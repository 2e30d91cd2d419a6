"""The template from which follow-up letters are drafted: its placeholders, its wording where an
organisation has none of its own, and how it is filled. Pure: it knows no session and no page."""

import re
from collections.abc import Mapping

# each with what it stands for, as the page of the template says it
PLACEHOLDERS: dict[str, str] = {
    "addressee": "who holds the office today; where that is not on record, the office or the body",
    "salutation": "“Dear Secretary Rubio”; “Dear Sir or Madam” where nobody is known by name",
    "office": "the office of the addressee",
    "agency": "the body, by its full name",
    "today": "the day on which the letter is drafted",
    "letters": "our earlier letters to the body, each with its day",
    "asks": "what was asked of the body, numbered, each with what came back",
    "silence": "how many days it is since the last contact",
    "reply_dates": "the days by which a reply was asked for or promised, and whether they passed",
    "citations": "the deadlines in law that hold, with their citation; our own norms as such",
    "organisation": "your organisation",
    "person": "whoever drafts the letter",
}

DEFAULT = """\
{addressee}
{office}
{agency}

{today}

{salutation},

I write on behalf of {organisation} to follow up on what was put to your office in:

{letters}

{silence}

What was asked, and what is known to us of an answer:

{asks}

{reply_dates}

{citations}

We would be grateful for a written answer to each of these points. Where a decision was taken, \
please tell us of it and of the day on which it was taken.

Yours sincerely,

{person}
{organisation}"""

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def problem_with(text: str) -> str | None:
    """What is wrong with the placeholders of a template, in a sentence; or nothing."""
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        named = ", ".join(f"{{{name[:40]}}}" for name in dict.fromkeys(unknown[:5]))
        is_known = "is no placeholder" if len(set(unknown)) == 1 else "are no placeholders"
        return f"{named} {is_known} that we know. Use those of the list."
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        return "A brace stands alone. Write a placeholder in two, as {addressee}."
    return None


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its placeholders filled. A line of which nothing is left is left out, and
    so is one that would only repeat the line above it."""
    lines: list[str] = []
    for line in template.split("\n"):
        # in one go: what a value holds is text, never a placeholder
        shown = _PLACEHOLDER.sub(lambda found: values[found[1]], line)
        says_nothing = not shown.strip() or (lines and shown == lines[-1])
        if _PLACEHOLDER.search(line) and says_nothing:
            continue
        lines.append(shown)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
