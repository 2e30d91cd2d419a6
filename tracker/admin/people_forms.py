"""The forms of accounts and invitations, as an admin sees them."""

from wtforms import SelectField, StringField

from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import ROLE_WORDS, Role
from tracker.core.errors import Refused
from tracker.web.forms import BaseForm, WordField, text_of


class AccountForm(BaseForm):
    """The role and the organisation of a person."""

    role = WordField("Role", Role, labels=ROLE_WORDS)
    organisation = SelectField("Organisation", validate_choice=False)

    def offer(self, organisations: list[Organisation]) -> None:
        """Let one of these be chosen."""
        self.organisation.choices = [(str(each.id), each.name) for each in organisations]

    @classmethod
    def of(cls, user: User) -> "AccountForm":
        """The form with what the account has."""
        return cls(data={"role": user.role.value, "organisation": str(user.organisation_id)})

    def chosen(self, among: list[Organisation]) -> tuple[Role, Organisation]:
        """What was chosen. Raises `Refused` for what is none of the lists."""
        sent = text_of(self.organisation)
        organisation = next((each for each in among if str(each.id) == sent), None)
        if organisation is None:
            raise Refused({"organisation": "Choose one from the list."})
        if self.role.word is None:
            raise Refused({"role": "Choose one from the list."})
        return Role(self.role.word), organisation


class InvitationForm(AccountForm):
    """Whom to invite, and as what."""

    email = StringField("E-mail")
