"""Recipes: saving words as one, renaming it, and filling its blanks in."""

from functools import cached_property
from typing import Any

from django import forms
from django.db import IntegrityError, transaction

from generations.catalogue import WORDS_MAX
from studio.models import Filling, Project, Recipe, User
from studio.models.recipe import LONGEST_VALUE
from studio.prompting import wildcards

_TAKEN = "The team has a recipe of that name already. Give this one another."
_NO_NAME = "Give it a name that the team knows it by."
_NO_WORDS = "There are no words to save. Write some first, with {blanks} where they change."
_LONG_WORDS = f"A recipe has at most {WORDS_MAX:,} characters. Shorten it."
_LONG_NAME = "A name has at most 60 characters. Shorten it."
_LONG_VALUE = f"At most {LONGEST_VALUE} characters. Shorten it, and write the rest in the composer."


class RecipeNameForm(forms.Form):
    """A recipe's name."""

    name = forms.CharField(
        max_length=60,
        label="Name",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _NO_NAME, "max_length": _LONG_NAME},
    )

    def rename(self, recipe: Recipe) -> bool:
        """Give the recipe the name; False with the errors."""
        if not self.is_valid():
            return False
        recipe.name = self.cleaned_data["name"]
        return self._keep(recipe)

    def _keep(self, recipe: Recipe) -> bool:
        try:
            with transaction.atomic():
                recipe.save()
        except IntegrityError:
            self.add_error("name", _TAKEN)
            return False
        return True


class RecipeForm(RecipeNameForm):
    """A new recipe."""

    words = forms.CharField(
        max_length=WORDS_MAX,
        widget=forms.HiddenInput(),
        error_messages={"required": _NO_WORDS, "max_length": _LONG_WORDS},
    )

    def clean_words(self) -> str:
        """Return the words. Refuses braces that make no sense."""
        words: str = self.cleaned_data["words"].replace("\r\n", "\n")
        try:
            wildcards.read(words)
        except wildcards.Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        return words

    def save(self, project: Project, author: User) -> Recipe | None:
        """Keep the recipe for the team: it, or None with the errors."""
        if not self.is_valid():
            return None
        recipe = Recipe(team=project.team, author=author, **self.cleaned_data)
        return recipe if self._keep(recipe) else None


class FillForm(forms.Form):
    """A recipe's blanks: what the person filled them with last is there, the team's is offered."""

    def __init__(self, recipe: Recipe, user: User, data: Any = None) -> None:
        self.recipe, self.user = recipe, user
        self.blanks = {
            f"blank-{place}": name for place, name in enumerate(wildcards.read(recipe.words).names)
        }
        is_filled = data is not None and any(name in data for name in self.blanks)
        super().__init__(data if is_filled else None, auto_id="fill-%s")
        last = Filling.objects.last_of(recipe.team, user, self.blanks.values())
        for field, blank in self.blanks.items():
            self.fields[field] = forms.CharField(
                required=False,
                max_length=LONGEST_VALUE,
                label=blank[:1].upper() + blank[1:],
                initial=last.get(blank, ""),
                widget=forms.TextInput(attrs={"autocomplete": "off", "list": f"{field}-earlier"}),
                error_messages={"max_length": _LONG_VALUE},
            )

    @cached_property
    def suggestions(self) -> dict[str, list[str]]:
        """What the team filled each blank with, by the id of its list."""
        found = Filling.objects.suggested(self.recipe.team, self.blanks.values())
        return {f"{field}-earlier": found.get(blank, []) for field, blank in self.blanks.items()}

    @property
    def values(self) -> dict[str, str]:
        """What stands in the blanks, by their names."""
        return {
            blank: " ".join(str(self[field].value() or "").split())
            for field, blank in self.blanks.items()
        }

    @property
    def words(self) -> str:
        """The recipe's words with what stands in the blanks; an empty blank stays."""
        return wildcards.fill(self.recipe.words, self.values)

    def use(self, project: Project) -> str | None:
        """Remember the values, and return the words; None with the errors.

        What is filled in in a private project isn't remembered: it would be offered to the team.
        """
        if self.blanks and not (self.is_bound and self.is_valid()):
            return None
        if not project.is_private:
            Filling.objects.remember(self.recipe.team, self.user, self.values)
        return self.words
