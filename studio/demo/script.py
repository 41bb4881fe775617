"""What the demo's takes show: six, of which three continue one another."""

from dataclasses import dataclass

RESOLUTION = "540p"
DURATION_S = 5


@dataclass(frozen=True)
class DemoTake:
    """A take to make: `extends` is the key of the one whose last frame it starts on."""

    key: str
    words: str
    ratio: str = "16:9"
    concepts: tuple[str, ...] = ()
    extends: str = ""


# The rocket's three continue one another, so that there is something to cut together.
TAKES = (
    DemoTake(
        "lift-off",
        "A rocket lifts off from a coastal launch pad at dawn, low fog drifting over still water",
        concepts=("static",),
    ),
    DemoTake(
        "lighthouse",
        "A lighthouse on a cliff watches the night sea, stars and a thin moon above the waves",
        concepts=("push_in",),
    ),
    DemoTake(
        "desert",
        "Desert dunes at sunset, a lone walker looks up at a bright spark crossing the sky",
        ratio="9:16",
    ),
    DemoTake(
        "climb",
        "The rocket climbs through broken cloud into the morning light, its trail glowing amber",
        concepts=("tilt_up",),
        extends="lift-off",
    ),
    DemoTake(
        "village",
        "A mountain village under fresh snow at dusk, warm windows, smoke rising from a cabin",
        concepts=("pan_right",),
    ),
    DemoTake(
        "orbit",
        "The rocket is in orbit: the blue Earth turns below, and the stars come out",
        concepts=("tilt_down",),
        extends="climb",
    ),
)
