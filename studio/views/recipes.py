"""Recipes: the team's words with blanks, which are filled in and put in the composer."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from studio import auditing
from studio.access import may_change_recipe, own_recipe, project_for, recipe_in
from studio.desk import Desk
from studio.forms.recipe import FillForm, RecipeForm, RecipeNameForm
from studio.http import Request
from studio.models import AuditEntry, Project, Recipe, Role
from studio.views.board import fills_composer
from studio.views.desk import put_words, tool


@fills_composer
def recipes(request: Request, slug: str) -> HttpResponse:
    """Show the team's recipes, and save the composer's words as one."""
    project = project_for(request, slug, Role.ARTIST)
    return _recipes(request, project)


@require_POST
def save_recipe(request: Request, slug: str) -> HttpResponse:
    """Keep the composer's words as a recipe of the team's."""
    project = project_for(request, slug, Role.ARTIST)
    form = RecipeForm(request.POST)
    kept = form.save(project, request.user)
    return _recipes(request, project, saving=form, kept=kept)


@fills_composer
def recipe(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """Show a recipe's blanks, with what the words become."""
    project = project_for(request, slug, Role.ARTIST)
    return _fill(request, project, FillForm(recipe_in(project, uuid), request.user, request.POST))


@require_POST
def use_recipe(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """Put a recipe's words in the composer, with its blanks filled in."""
    project = project_for(request, slug, Role.ARTIST)
    form = FillForm(recipe_in(project, uuid), request.user, request.POST)
    words = form.use(project)
    if words is None:
        return _fill(request, project, form)
    return put_words(request, project, request.POST, words)


@require_POST
def rename_recipe(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """Give a recipe another name."""
    project = project_for(request, slug, Role.ARTIST)
    kept = own_recipe(request, project, uuid)
    form = RecipeNameForm(request.POST)
    form.rename(kept)
    return _recipes(request, project, renamed=kept, renaming=form)


@require_POST
def delete_recipe(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """Delete a recipe; what was made of it stays."""
    project = project_for(request, slug, Role.ARTIST)
    kept = own_recipe(request, project, uuid)
    with transaction.atomic():
        kept.delete()
        auditing.note(AuditEntry.Kind.DELETION, project.team, f"Deleted the recipe {kept}")
    messages.info(request, f"The recipe {kept} is deleted.")
    return _recipes(request, project)


def _recipes(request: Request, project: Project, **forms: object) -> HttpResponse:
    desk = Desk.of(request, project)
    found = list(Recipe.objects.filter(team=project.team).select_related("author"))
    for each in found:
        each.is_own = may_change_recipe(request.user, each, project.role)  # type: ignore[attr-defined]
    context = {"project": project, "desk": desk, "recipes": found, "saving": RecipeForm()}
    return tool(request, "recipes.html", context | forms)


def _fill(request: Request, project: Project, form: FillForm) -> HttpResponse:
    desk = Desk.of(request, project)
    context = {"project": project, "desk": desk, "form": form, "recipe": form.recipe}
    return tool(request, "recipe.html", context, recipe_preview="preview")
