"""Every path of the site."""

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout
from django.contrib import admin
from django.urls import include, path

from studio.urls import dream_machine, films, people, takes
from studio.views import (
    dead_ends,
    health,
    metrics,
    recovery_codes,
    sheets,
    single_sign_on,
)

# Its own sign-in knows no second factor and no rate limit: people sign in at the front door.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Its own sign-out isn't written in the audit log.
admin.site.logout = lambda request, extra_context=None: logout(request)  # type: ignore[method-assign]

handler403 = dead_ends.not_allowed
handler404 = dead_ends.not_found

urlpatterns = [
    *people.urlpatterns,
    *films.urlpatterns,
    *takes.urlpatterns,
    *dream_machine.urlpatterns,
    path("sheets/<slug:digest>/<str:names>.css", sheets.sheet, name="sheet"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("generations.urls")),
    # in allauth's place
    path(
        "accounts/oidc/<str:provider_id>/login/", single_sign_on.begin, name="openid_connect_login"
    ),
    path(
        "accounts/oidc/<str:provider_id>/login/callback/",
        single_sign_on.back,
        name="openid_connect_callback",
    ),
    path("accounts/2fa/recovery-codes/", recovery_codes.codes, name="mfa_view_recovery_codes"),
    path(
        "accounts/2fa/recovery-codes/download/",
        recovery_codes.download,
        name="mfa_download_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/generate/",
        recovery_codes.generate,
        name="mfa_generate_recovery_codes",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
