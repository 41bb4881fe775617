"""The provider's callback, nothing else."""

from django.urls import path

from generations import views

urlpatterns = [
    path("callbacks/<slug:provider>/<uuid:nonce>/", views.callback, name="callback"),
]
