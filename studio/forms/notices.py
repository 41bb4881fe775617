"""What a person wants to be told, and whether by mail."""

from django import forms

from studio.models import Notice, NoticeRules, User
from studio.notices import mailing

_CHOOSE = dict.fromkeys(("required", "invalid_choice"), "Choose from the list.")


class NoticesForm(forms.Form):
    """How a person is told."""

    mail = forms.ChoiceField(
        choices=NoticeRules.Mail.choices, label="By mail", error_messages=_CHOOSE
    )
    kinds = forms.MultipleChoiceField(
        choices=Notice.Kind.choices,
        required=False,
        label="A mail has in it when",
        widget=forms.CheckboxSelectMultiple,
        error_messages=_CHOOSE,
    )

    @classmethod
    def of(cls, user: User) -> "NoticesForm":
        """Return it as the person last filled it in."""
        rules = NoticeRules.objects.filter(user=user).first() or NoticeRules(user=user)
        return cls(initial={"mail": rules.mail, "kinds": rules.kinds})

    def keep(self, user: User) -> bool:
        """Tell the person so from now on; False with the errors."""
        if not self.is_valid():
            return False
        said = self.cleaned_data
        mailing.set_rules(user, NoticeRules.Mail(said["mail"]), said["kinds"])
        return True
