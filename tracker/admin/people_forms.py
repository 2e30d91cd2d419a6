"""The form of an account, as an admin sees it."""

from wtforms import SelectField, StringField

from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import ROLE_WORDS, Role
from tracker.core.errors import Refused
from tracker.web.forms import BaseForm, WordField, text_of


class InvitationForm(BaseForm):
    """Whom to invite, and as what."""

    email = StringField("E-mail")
    role = WordField("Role", Role, labels=ROLE_WORDS)
    organisation = SelectField("Organisation", validate_choice=False)

    @classmethod
    def among(cls, organisations: list[Organisation]) -> "InvitationForm":
        """The form with the organisations to choose from."""
        form = cls()
        form.organisation.choices = [(str(each.id), each.name) for each in organisations]
        return form


def organisation_of(
    form: "AccountForm | InvitationForm", among: list[Organisation]
) -> Organisation:
    """The organisation that was chosen. Raises `Refused` for one that is none of them."""
    sent = text_of(form.organisation)
    found = next((each for each in among if str(each.id) == sent), None)
    if found is None:
        raise Refused({"organisation": "Choose one of the list."})
    return found


def role_of(form: "AccountForm | InvitationForm") -> Role:
    """The role that was chosen. Raises `Refused` for none."""
    if form.role.word is None:
        raise Refused({"role": "Choose one of the list."})
    return Role(form.role.word)


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
