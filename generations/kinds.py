"""The kinds of generation (luma-dream-machine-v1 sheet §2)."""

from django.db import models


class Kind(models.TextChoices):
    """What a generation makes, and from what."""

    VIDEO = "video", "Video"
    IMAGE = "image", "Image"
    MODIFY_VIDEO = "modify_video", "Modify"
    REFRAME_VIDEO = "reframe_video", "Reframe"
    REFRAME_IMAGE = "reframe_image", "Reframe picture"
    UPSCALE = "upscale", "Upscale"
    AUDIO = "audio", "Add sound"
    LAYERS = "layers", "Layers"


PICTURES = (Kind.IMAGE, Kind.REFRAME_IMAGE, Kind.LAYERS)
"""These give a picture; all others give a video."""

FROM_A_SOURCE = (
    *(Kind.MODIFY_VIDEO, Kind.REFRAME_VIDEO, Kind.REFRAME_IMAGE, Kind.UPSCALE, Kind.AUDIO),
    Kind.LAYERS,
)
"""These are made from an earlier take, or from a still."""

FROM_A_PICTURE = (Kind.REFRAME_IMAGE, Kind.LAYERS)
"""The source of these is a picture; of all others that have one, it is a video."""

VERSIONS = (Kind.REFRAME_VIDEO, Kind.REFRAME_IMAGE, Kind.UPSCALE, Kind.AUDIO)
"""Made from a take, these are its versions; a modified take is a take of its own."""

BY_ID = (Kind.UPSCALE, Kind.AUDIO)
"""The source of these is named by the provider's own id; all others are given a URL."""
