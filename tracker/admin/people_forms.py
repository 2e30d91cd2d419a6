"""The form of an account, as an admin sees it."""

from wtforms import SelectField

from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import ROLE_WORDS, Role
from tracker.web.forms import BaseForm, WordField, text_of


class AccountForm(BaseForm):
    """The role and the organisation of a person."""

    role = WordField("Role", Role, labels=ROLE_WORDS)
    organisation = SelectField("Organisation", validate_choice=False)

    @classmethod
    def of(cls, user: User, organisations: list[Organisation]) -> "AccountForm":
        """The form with what the account has, and the organisations to choose from."""
        form = cls(data={"role": user.role.value, "organisation": str(user.organisation_id)})
        form.organisation.choices = [(str(each.id), each.name) for each in organisations]
        return form

    def chosen(self, organisations: list[Organisation]) -> Organisation | None:
        """The organisation that was chosen, if it is one of them."""
        sent = text_of(self.organisation)
        return next((each for each in organisations if str(each.id) == sent), None)
