"""The database itself refuses words nobody knows, edited prompts and money that wasn't held."""

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, models, transaction

from generations.models import Account, Asset, Attempt, Generation, LedgerEntry, Prompt, Still
from tests.factories import still as kept


@pytest.fixture
def take(studio):
    return studio.order()


CHOICES = [
    (model, field)
    for app in ("generations", "studio")
    for model in apps.get_app_config(app).get_models()
    for field in model._meta.concrete_fields
    if field.choices
]


@pytest.mark.parametrize(("model", "field"), CHOICES, ids=lambda each: getattr(each, "name", ""))
def test_every_column_of_choices_is_constrained_to_them(model, field):
    """Read from the constraints, so that a new column without one is noticed here."""
    named = [c for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    allowed = [
        set(value)
        for constraint in named
        if isinstance(constraint.condition, models.Q) and len(constraint.condition) == 1
        for name, value in constraint.condition.children
        if name == f"{field.name}__in"
    ]
    assert {value for value, _ in field.choices} in allowed


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Asset, {"state": "lost"}),
        (Asset, {"kind": "statue"}),
        (Attempt, {"outcome": "maybe"}),
        (Account, {"problem": "mood"}),
        (Generation, {"reason": "because"}),
        (Still, {"origin": "dreamt"}),
    ],
)
def test_the_database_refuses_a_word_that_nobody_knows(take, model, change):
    if model is Asset:
        Asset.objects.create(generation=take, kind="video")
    if model is Still:
        kept(take.project)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"words": "Another thing"},
        {"duration_s": 9},
        {"concepts": ["pan_left"]},
        {"options": {"a": 1}},
    ],
)
def test_the_database_refuses_to_edit_a_prompt(take, change):
    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
        Prompt.objects.update(**change)


def test_a_prompt_gets_no_other_author_or_parent(take):
    other = take.prompt.changed(words="A child of it")
    other.save()
    for change in ({"parent": other}, {"author_id": 10**6}):
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            Prompt.objects.filter(pk=take.prompt_id).update(**change)


def test_a_prompt_stays_when_its_author_and_its_parent_go(take):
    parent = take.prompt.changed(words="Asked first")
    parent.save()
    child = parent.changed(words="Asked next")
    child.save()
    parent.delete()
    child.author.delete()
    child.refresh_from_db()
    assert (child.parent, child.author, child.words) == (None, None, "Asked next")


@pytest.mark.parametrize("field", ["words", "negative_words"])
def test_a_prompt_has_at_most_5000_characters(take, field):
    take.prompt.changed(**{field: "a" * 5000}).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        take.prompt.changed(**{field: "a" * 5001}).save()


@pytest.mark.parametrize("kind", [LedgerEntry.Kind.CHARGED, LedgerEntry.Kind.RELEASED])
def test_money_that_was_never_reserved_is_neither_charged_nor_released(take, kind):
    attempt = take.attempts.get()
    attempt.close(Attempt.Outcome.WITHDRAWN)
    bare = Attempt.objects.create(
        generation=take, number=attempt.number + 1, account=take.account, price_usd=1
    )
    with pytest.raises(DatabaseError, match="only after its reservation"), transaction.atomic():
        LedgerEntry.write(kind, bare)
    LedgerEntry.write(LedgerEntry.Kind.RESERVED, bare)
    LedgerEntry.write(kind, bare)
