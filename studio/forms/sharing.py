"""What a guest link shows and for how long, as a person fills it in."""

from django import forms
from django.http import QueryDict

from generations.refusal import Refused
from studio import sharing
from studio.forms.account import Refusing
from studio.guests_say import Said
from studio.models import Export, Sequence, Share, User, Verdict
from studio.models.guest_verdict import SAYABLE
from studio.models.note import LONGEST, LONGEST_GUEST
from studio.models.share import Thing
from studio.sharing import Terms

_DAYS = [(str(days), "1 day" if days == 1 else f"{days} days") for days in sharing.DAYS]
_LONGEST_PASSWORD = 128
_LONGEST_MARK = 60


class ShareForm(Refusing):
    """A guest link: for how long it is good, and what it shows."""

    days = forms.ChoiceField(
        choices=_DAYS,
        initial="7",
        label="Good for",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose from the list."),
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=_LONGEST_PASSWORD,
        label="Password, if you want one",
        # Read aloud or written elsewhere: who makes it has to see it.
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "max_length": f"A password has at most {_LONGEST_PASSWORD} characters. Shorten it."
        },
    )
    watermark = forms.CharField(
        required=False,
        max_length=_LONGEST_MARK,
        label="Watermark, if you want one",
        help_text="These words stand over every picture. Copies with them are made first.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "max_length": f"A watermark has at most {_LONGEST_MARK} characters. Shorten it."
        },
    )
    may_download = forms.BooleanField(required=False, label="Guests may download")
    shows_unapproved = forms.BooleanField(
        required=False, label="Also show what nobody has approved"
    )
    shows_prompts = forms.BooleanField(required=False, label="Show prompts")
    shows_prices = forms.BooleanField(required=False, label="Show prices")
    takes_notes = forms.BooleanField(required=False, label="Guests may leave notes, with a name")
    takes_verdicts = forms.BooleanField(
        required=False, label="Guests may say a verdict, beside your team's"
    )

    def __init__(self, thing: Thing, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.thing = thing
        if isinstance(thing, Sequence | Export):  # there is nothing of theirs that is judged
            del self.fields["takes_notes"], self.fields["takes_verdicts"]

    def share(self, by: User) -> tuple[Share, str] | None:
        """Make the link: it and its token, or None with the errors."""
        if not self.is_valid():
            return None
        said = self.cleaned_data | {"watermark": " ".join(self.cleaned_data["watermark"].split())}
        try:
            return sharing.share(self.thing, by, Terms(**{**said, "days": int(said["days"])}))
        except Refused as refused:
            self.refuse(refused)
            return None


class EnterForm(forms.Form):
    """The password of a link, as a guest types it."""

    password = forms.CharField(
        strip=False,
        max_length=_LONGEST_PASSWORD,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Type the password that you were told.",
            "max_length": "That isn't the password. Ask who sent you the link.",
        },
    )


class SayForm(Refusing):
    """What a guest says of a take, under a name: a note, at some second or of the whole; a verdict.

    It asks only for what the link takes.
    """

    guest = forms.CharField(
        max_length=LONGEST_GUEST,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": "Say who you are, so that the team knows.",
            "max_length": f"A name has at most {LONGEST_GUEST} characters here. Shorten it.",
        },
    )
    verdict = forms.ChoiceField(
        required=False,
        choices=[("", "Nothing"), *((it.value, it.label) for it in SAYABLE)],
        label="What you say of it",
        error_messages={"invalid_choice": "Choose from the list."},
    )
    words = forms.CharField(
        required=False,
        max_length=LONGEST,
        label="A note",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": f"A note has at most {LONGEST:,} characters. Shorten it."},
    )
    at_s = forms.FloatField(
        required=False,
        min_value=0,
        max_value=100_000,
        label="At second, if it is about a moment",
        widget=forms.NumberInput(attrs={"step": "0.1", "min": "0", "inputmode": "decimal"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "A moment is a number of seconds, such as 2.5."
        ),
    )

    def __init__(
        self, share: Share, is_picture: bool, data: QueryDict | None = None, name: str = ""
    ) -> None:
        super().__init__(data, initial={"guest": name})
        if not share.takes_verdicts:
            del self.fields["verdict"]
        if not share.takes_notes:
            del self.fields["words"]
        if not share.takes_notes or is_picture:
            del self.fields["at_s"]

    @property
    def said(self) -> Said:
        """What a form that is right says."""
        given = self.cleaned_data
        verdict = given.get("verdict")
        return Said(
            " ".join(given["guest"].split()),
            given.get("words", ""),
            given.get("at_s"),
            Verdict(verdict) if verdict else None,
        )
