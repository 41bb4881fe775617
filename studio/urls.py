"""Every path of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from studio.views import board, deciding, generations, health, home, media, projects, teams

# Its own sign-in knows no second factor and no rate limit: people sign in at the front door.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", home.home, name="home"),
    path("money/", home.money, name="money"),
    path("teams/new/", teams.new_team, name="new_team"),
    path("projects/new/", projects.new_project, name="new_project"),
    path("projects/<slug:slug>/", board.board, name="board"),
    path("projects/<slug:slug>/live/", board.live, name="board_live"),
    path("projects/<slug:slug>/compose/", board.compose, name="compose"),
    path("projects/<slug:slug>/quote/", board.quote, name="quote"),
    path("projects/<slug:slug>/generate/", board.generate, name="generate"),
    path("generations/<uuid:uuid>/", generations.generation, name="generation"),
    path("generations/<uuid:uuid>/live/", generations.live, name="generation_live"),
    path("generations/<uuid:uuid>/retry/", generations.retry, name="retry"),
    path("generations/<uuid:uuid>/cancel/", generations.cancel, name="cancel"),
    path("generations/<uuid:uuid>/fetch/", generations.fetch, name="fetch"),
    path("generations/<uuid:uuid>/made/", deciding.made, name="made"),
    path("generations/<uuid:uuid>/again/", deciding.again, name="again"),
    path("generations/<uuid:uuid>/give-up/", deciding.give_up, name="give_up"),
    path("generations/<uuid:uuid>/release/", deciding.release, name="release"),
    path("generations/<uuid:uuid>/extend/", generations.extend, name="extend"),
    path("generations/<uuid:uuid>/remix/", generations.remix, name="remix"),
    # before media: a token is no kind of file
    path("media/published/<str:token>", media.published_still, name="published_still"),
    path("media/<uuid:uuid>/<str:kind>", media.media, name="media"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("generations.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
