"""How a letter greets whoever it goes to."""

import pytest

from tracker.casework.recipients import greeting


@pytest.mark.parametrize(
    ("name", "office", "greeted"),
    [
        ("Antony J. Blinken", "Secretary of State", "Dear Secretary Blinken"),
        ("Donald J. Trump", "President of the United States", "Dear President Trump"),
        ("Robert F. Kennedy, Jr.", "Secretary of Health", "Dear Secretary Kennedy"),
        ("Henry Ford, III.", "Secretary of State", "Dear Secretary Ford"),
        ("Xi Jinping", "", "Dear Xi Jinping"),
        ("Mélanie Joly", "Minister of Foreign Affairs", "Dear Mélanie Joly"),
        ("Jane Doe", "Under Secretary of State", "Dear Jane Doe"),
        ("Jr.", "Secretary of State", "Dear Secretary Jr."),
    ],
)
def test_a_secretary_and_a_president_are_greeted_by_rank(
    name: str, office: str, greeted: str
) -> None:
    assert greeting(name, office) == greeted
