"""Recovery codes: allauth's pages, which say so where the codes can't be read any more."""

from collections.abc import Callable
from functools import wraps

from allauth.mfa.recovery_codes import views
from django.http import HttpResponseBase
from django.shortcuts import render

from studio.accounts import CannotCheck
from studio.http import Request

_View = Callable[[Request], HttpResponseBase]


def _in_words(view: _View) -> _View:
    """Show how new ones are made where those that are there were sealed with a lost key."""

    @wraps(view)
    def shown(request: Request) -> HttpResponseBase:
        try:
            return view(request)
        except CannotCheck:
            return render(request, "mfa/recovery_codes/lost.html", status=409)

    return shown


codes = _in_words(views.view_recovery_codes)
download = _in_words(views.download_recovery_codes)
generate = _in_words(views.generate_recovery_codes)
