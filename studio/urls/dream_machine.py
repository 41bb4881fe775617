"""Paths of Luma's API as Dailies speaks it, and of the tokens for it."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from studio.views import dream_machine as api
from studio.views import tokens

_HERE = "api/dream-machine/v1/"


class _Anything(StringConverter):
    """Whatever an address may have, line breaks too: this API has no page to answer with."""

    regex = r"[\s\S]*"


register_converter(_Anything, "anything")

urlpatterns = [
    path(f"{_HERE}openapi.json", api.openapi, name="dream_machine_openapi"),
    path(f"{_HERE}files/<str:token>/<str:name>", api.file, name="dream_machine_file"),
    path(f"{_HERE}ping", api.ping, name="dream_machine_ping"),
    path(f"{_HERE}credits", api.credits_left, name="dream_machine_credits"),
    path(f"{_HERE}generations", api.generations, name="dream_machine_generations"),
    path(f"{_HERE}generations/concepts/list", api.concepts, name="dream_machine_concepts"),
    path(f"{_HERE}generations/video", api.create_video, name="dream_machine_video"),
    path(f"{_HERE}generations/image", api.create_image, name="dream_machine_image"),
    path(f"{_HERE}generations/video/modify", api.modify_video, name="dream_machine_modify"),
    path(f"{_HERE}generations/video/reframe", api.reframe_video, name="dream_machine_reframe"),
    path(
        f"{_HERE}generations/image/reframe",
        api.reframe_image,
        name="dream_machine_reframe_image",
    ),
    path(f"{_HERE}generations/<uuid:uuid>", api.generation, name="dream_machine_generation"),
    path(f"{_HERE}generations/<uuid:uuid>/upscale", api.upscale, name="dream_machine_upscale"),
    path(f"{_HERE}generations/<uuid:uuid>/audio", api.audio, name="dream_machine_audio"),
    path(f"{_HERE}<anything:elsewhere>", api.nowhere, name="dream_machine_nowhere"),
    path("you/tokens/", tokens.tokens, name="tokens"),
    path("you/tokens/make/", tokens.make, name="make_token"),
    path("you/tokens/<uuid:uuid>/revoke/", tokens.revoke, name="revoke_token"),
]
