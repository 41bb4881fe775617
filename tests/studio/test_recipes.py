"""Recipes: saved and shared, filled in, renamed and deleted by who may."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from studio.forms.recipe import FillForm
from studio.models import Filling, Recipe, Role
from tests.factories import TeamFactory, member

WORDS = "A {time of day} shot of {subject}"
TYPED = {"kind": "video", "model": "ray-flash-2", "ratio": "9:16", "words": WORDS}


def address(name, project, *args):
    return reverse(name, args=[project.slug, *args])


def save(client, project, **changes):
    return client.post(address("save_recipe", project), TYPED | {"name": "Opening"} | changes)


def fill(client, project, recipe, *values, **changes):
    blanks = {f"blank-{place}": value for place, value in enumerate(values)}
    return client.post(address("use_recipe", project, recipe.uuid), TYPED | blanks | changes)


def test_the_words_are_kept_as_a_recipe_for_the_whole_team(client, project, artist, sign_in):
    assert "The recipe Opening is saved for the team." in save(client, project).content.decode()
    kept = Recipe.objects.get()
    assert (kept.team, kept.author, kept.words) == (project.team, artist, WORDS)
    page = sign_in(member(project)).get(address("recipes", project)).content.decode()
    assert "Opening" in page
    assert "rename" not in page


def test_what_cant_be_a_recipe_is_said_and_what_was_typed_is_kept(client, project):
    save(client, project)
    again = save(client, project, name="opening").content.decode()
    assert "The team has a recipe of that name already." in again
    assert 'value="opening"' in again
    assert "is never closed" in save(client, project, name="B", words="A {x").content.decode()
    assert (
        "There are no words to save." in save(client, project, name="C", words=" ").content.decode()
    )
    assert "Give it a name" in save(client, project, name=" ").content.decode()
    assert Recipe.objects.count() == 1


def test_another_team_may_use_the_same_name(client, project):
    Recipe.objects.create(team=TeamFactory(), name="Opening", words="Theirs")
    assert "is saved" in save(client, project).content.decode()
    assert "Theirs" not in client.get(address("recipes", project)).content.decode()


def test_filled_in_it_is_in_the_composer_with_what_else_was_chosen(client, project):
    save(client, project)
    page = fill(client, project, Recipe.objects.get(), "dawn", " a  lone rider ").content.decode()
    assert ">A dawn shot of a lone rider</textarea>" in page
    assert '<option value="ray-flash-2" selected>' in page
    assert "<option selected>9:16</option>" in page


def test_a_blank_that_is_left_empty_stays_one(client, project):
    save(client, project)
    page = fill(client, project, Recipe.objects.get(), "dawn", "").content.decode()
    assert ">A dawn shot of {subject}</textarea>" in page


def test_the_last_values_are_there_again_and_the_teams_are_offered(client, project, sign_in):
    save(client, project)
    recipe = Recipe.objects.get()
    for values in (("dusk", "a fox"), ("dawn", "a rider"), ("dusk", "a fox"), ("noon", "")):
        fill(client, project, recipe, *values)
    page = client.get(address("recipe", project, recipe.uuid)).content.decode()
    assert 'value="noon"' in page
    assert '<output class="desk__preview" id="recipe-preview"' in page
    assert "A noon shot of a fox" in page
    theirs = sign_in(member(project)).get(address("recipe", project, recipe.uuid)).content.decode()
    assert "A {time of day} shot of {subject}</output>" in theirs
    offered = [theirs.index(f'<option value="{each}">') for each in ("noon", "dusk", "dawn")]
    assert offered == sorted(offered)
    assert Filling.objects.count() == 5


def test_the_newest_of_each_blank_are_offered_and_asked_for_at_once(
    artist, project, django_assert_num_queries
):
    other, now = member(project), timezone.now()
    Filling.objects.bulk_create(
        Filling(
            team=project.team,
            user=user,
            blank=blank,
            value=f"{blank} {n}",
            used_at=now - timedelta(minutes=n),
        )
        for n in range(20)
        for blank in ("time of day", "subject", "elsewhere")
        for user in (artist, other)
    )
    recipe = Recipe(team=project.team, author=artist, name="Opening", words=WORDS)
    form = FillForm(recipe, artist)
    with django_assert_num_queries(1):
        offered = form.suggestions
    assert offered == {
        f"blank-{place}-earlier": [f"{blank} {n}" for n in range(12)]
        for place, blank in enumerate(("time of day", "subject"))
    }


def test_a_value_that_is_too_long_is_refused_where_it_stands(client, project):
    save(client, project)
    page = fill(client, project, Recipe.objects.get(), "x" * 301, "a fox").content.decode()
    assert "At most 300 characters." in page
    assert 'value="a fox"' in page
    assert not Filling.objects.exists()


def test_its_author_or_a_producer_renames_and_deletes_it(client, project, sign_in):
    save(client, project)
    recipe = Recipe.objects.get()
    rename, delete = (
        address(f"{verb}_recipe", project, recipe.uuid) for verb in ("rename", "delete")
    )
    other, producer = sign_in(member(project)), sign_in(member(project, Role.PRODUCER))
    assert other.post(rename, {"name": "Mine"}).status_code == 403
    assert other.post(delete).status_code == 403
    client.post(rename, {"name": "First shot"})
    recipe.refresh_from_db()
    assert recipe.name == "First shot"
    Recipe.objects.create(team=project.team, name="Ending", words="Night")
    taken = client.post(rename, {"name": "ENDING"}).content.decode()
    assert "The team has a recipe of that name already." in taken
    assert "The recipe First shot is deleted." in producer.post(delete).content.decode()
    assert not Recipe.objects.filter(pk=recipe.pk).exists()


def test_a_recipe_of_another_team_isnt_there(client, project):
    theirs = Recipe.objects.create(team=TeamFactory(), name="Opening", words=WORDS)
    assert client.get(address("recipe", project, theirs.uuid)).status_code == 404
    assert client.post(address("delete_recipe", project, theirs.uuid)).status_code == 404
