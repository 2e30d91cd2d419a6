"""Every form is accepted while nothing is wrong with it, so that the tests of bad input fail for
what they hand in and for nothing else."""

from tests.front.every_form import FORMS
from tests.front.support import problems
from tests.front.world import make_world
from tests.support.people import Person


def test_every_form_is_accepted_while_nothing_is_wrong_with_it(
    staff: Person, other_staff: Person
) -> None:
    records = make_world(staff).seen
    for name, form in FORMS.items():
        answer = form.open(staff, records).send()
        assert answer.status_code == 303, (name, answer.status_code, problems(answer))
