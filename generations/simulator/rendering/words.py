"""Reads a prompt: which place, which light, which weather, and which things are in it."""

import hashlib
import re
from dataclasses import dataclass, field, replace

import numpy as np

# The first line that matches wins, so the particular stands before the general.
_LIGHT: tuple[tuple[str, str], ...] = (
    ("dusk", r"dusk|twilight|blue hour|gloaming"),
    ("sunset", r"sunset|sundown|setting sun|sun sets|last light|evening"),
    ("golden", r"golden hour|golden light|late afternoon|low sun|sun low|warm light|amber light"),
    ("dawn", r"\bdawn|daybreak|first light|before sunrise"),
    ("sunrise", r"sunrise|sun rises|rising sun|sun breaks|early morning|morning"),
    ("night", r"night|midnight|starry|stars|moonl|moonr|full moon|milky way|nocturn|neon|aurora"),
    ("day", r"noon|midday|daylight|broad day|blue sky|summer day|sunny|bright day|\bday\b"),
)
_LAND: tuple[tuple[str, str], ...] = (
    (
        "space",
        r"\bspace\b|orbit(?:al|ing)? (?:earth|a planet|station)|in orbit|planet|galaxy|"
        r"nebula|spaceship|astronaut|low orbit|cosmos|satellite|asteroid",
    ),
    ("volcano", r"volcan|lava|magma|erupt"),
    (
        "city",
        r"\bcity|cities|skyline|downtown|skyscraper|street|urban|metropolis|rooftop|tokyo|"
        r"new york|cyberpunk|neon|market|tower block|manhattan",
    ),
    ("desert", r"desert|dune|sahara|caravan|oasis|sand"),
    ("canyon", r"canyon|mesa|butte|badlands|red rock|mars\b|martian"),
    ("ice", r"iceberg|glacier|arctic|antarctic|polar|ice sheet|frozen sea|tundra"),
    ("forest", r"forest|pine|spruce|\bwood(?:s|land)\b|redwood|jungle|taiga|\bfir\b|trees?\b"),
    (
        "meadow",
        r"meadow|sunflower|wildflower|flower|field|prairie|grass|lavender|poppy|poppies|"
        r"wheat|farm|vineyard|savann|pasture|steppe",
    ),
    ("hills", r"hill|valley|moor|countryside|downs\b|rolling"),
    ("mountain", r"mountain|peak|summit|alp(?:s|ine)|ridge|himalaya|crag|cliff|fjord|pass\b"),
)
_WATER: tuple[tuple[str, str], ...] = (
    ("still", r"\blakes?\b|lagoon|pond|glassy|mirror|reservoir|tarn|still water"),
    (
        "sea",
        r"ocean|\bseas?\b|\bbay\b|coast|beach|shore|harbou?r|waves?\b|surf|lighthouse|sail|"
        r"\bboats?\b|\bship|whale|island|fjord|iceberg|tide",
    ),
    ("still", r"river|canal|water\b|flood|wetland|marsh|swamp"),
)
_WEATHER: tuple[tuple[str, str], ...] = (
    ("storm", r"storm|thunder|lightning|tempest|hurricane|gale"),
    ("snow", r"snowfall|snowing|snowstorm|blizzard|snowflake|falling snow|first snow|snow falls"),
    ("rain", r"\brain|drizzle|downpour|shower|monsoon|wet street"),
    ("fog", r"\bfog|\bmist|\bhaze|hazy|smoky|smoke over"),
    ("cloud", r"cloud|overcast|grey sky|gray sky"),
)
_THINGS: tuple[tuple[str, str], ...] = (
    ("lighthouse", r"lighthouse"),
    ("rocket", r"rocket|launch|lift.?off|blast.?off"),
    ("aurora", r"aurora|northern lights|southern lights|borealis"),
    ("moon", r"\bmoon\b|moonl|moonr"),
    ("lightning", r"lightning|thunder"),
    ("birds", r"\bbirds?\b|gulls?\b|seagull|geese|flock|cranes fly|ravens?|swallows"),
    ("boat", r"sail|\bboats?\b|\bships?\b|yacht|canoe|kayak"),
    ("balloon", r"balloon"),
    ("lanterns", r"lantern|night market|floating lights"),
    ("cabin", r"cabin|cottage|hut\b|farmhouse|\bhouse\b|chalet|lodge"),
    ("fire", r"campfire|bonfire"),
    ("windmill", r"windmill|wind turbine|turbines?"),
    (
        "figure",
        r"figure|person|woman|\bman\b|walker|hiker|girl|boy|traveller|traveler|wanderer|"
        r"lone |monk|cowboy|child|people|rider",
    ),
    ("caravan", r"caravan|camels?"),
    ("whale", r"whale"),
    ("fireflies", r"firefl"),
    ("embers", r"ember|spark"),
    ("dust", r"dust|pollen|sandstorm"),
    ("meteor", r"shooting star|meteor|comet"),
    ("sunflower", r"sunflower"),
    ("flowers", r"flower|poppy|poppies|lavender|bloom|blossom"),
    ("planet", r"planet|saturn|ringed|gas giant"),
    ("stars", r"star|milky way|galaxy|night sky"),
    ("snowy", r"snow|winter|frost|frozen|blizzard|icy|\bice\b"),
    ("beach", r"beach|tropical|shore\b"),
    ("palms", r"\bpalms?\b|tropical|oasis|lagoon"),
)
_COLOURS: dict[str, str] = {
    "crimson": "#c2183a", "red": "#d0322b", "orange": "#f08a2c", "amber": "#f2a93b",
    "yellow": "#f4d03f", "green": "#3fa35a", "emerald": "#1fa774", "teal": "#1f9e9e",
    "turquoise": "#30c5c0", "cyan": "#35c3e8", "blue": "#2f6fe0", "indigo": "#3b3fa8",
    "purple": "#7d3fb8", "violet": "#8a4fd0", "magenta": "#d43fa6", "pink": "#f08fb4",
    "monochrome": "#8a8a8a", "black and white": "#8a8a8a", "sepia": "#b08a5a",
}  # fmt: skip


@dataclass(frozen=True)
class Brief:
    """What a prompt asks for, in the renderer's few words.

    `light`: dawn, sunrise, day, golden, sunset, dusk or night. `land`: space, volcano, city,
    desert, canyon, ice, forest, meadow, hills, mountain or open (nothing but water). `water`:
    "", still or sea. `weather` and `things` are sets; `colours` are named hex colours. `seed`
    decides all that the words leave open.
    """

    light: str
    land: str
    water: str = ""
    weather: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    colours: tuple[str, ...] = ()
    seed: int = 0
    named: frozenset[str] = field(default=frozenset())

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the random numbers for one purpose, the same each time."""
        key = hashlib.sha256(f"{self.seed}/{purpose}".encode()).digest()[:8]
        return np.random.default_rng(int.from_bytes(key, "big"))


def read(prompt: str, seed: int | None = None) -> Brief:
    """Return the brief of a prompt; its own hash is the seed unless one is given."""
    text = " ".join(prompt.lower().replace("-", " ").split())
    if seed is None:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
    things = frozenset(_all(_THINGS, text))
    weather = frozenset(_all(_WEATHER, text))
    water = _first(_WATER, text)
    land = _first(_LAND, text)
    light = _first(_LIGHT, text)
    named = frozenset(
        name for name, said in (("light", light), ("land", land), ("water", water)) if said
    )
    if not land:
        land = _land_for(water, things, weather, seed)
    return Brief(
        light=light or _light_for(land, things, weather, seed),
        land=land,
        water="" if land in ("space", "desert") and "oasis" not in text else water,
        weather=weather,
        things=things,
        colours=tuple(code for name, code in _COLOURS.items() if re.search(rf"\b{name}\b", text))[
            :2
        ],
        seed=seed,
        named=named,
    )


def continued(prompt: str, world: Brief) -> Brief:
    """Return the world as a further prompt changes it: what it doesn't name stays as it is."""
    asked = read(prompt, world.seed)
    return replace(
        world,
        light=asked.light if "light" in asked.named else world.light,
        land=asked.land if "land" in asked.named else world.land,
        water=asked.water if "water" in asked.named else world.water,
        weather=asked.weather or world.weather,
        things=world.things | asked.things,
        colours=asked.colours or world.colours,
    )


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in table if re.search(pattern, text)), "")


def _all(table: tuple[tuple[str, str], ...], text: str) -> list[str]:
    return [name for name, pattern in table if re.search(pattern, text)]


def _land_for(water: str, things: frozenset[str], weather: frozenset[str], seed: int) -> str:
    if water == "sea":
        return "open"
    if water or things & {"aurora", "snowy"} or "snow" in weather:
        return "mountain"
    if "rocket" in things:
        return "hills"
    return ("mountain", "hills", "mountain", "desert", "forest")[seed % 5]


def _light_for(land: str, things: frozenset[str], weather: frozenset[str], seed: int) -> str:
    if land == "space" or things & {"fireflies", "meteor", "fire", "lanterns", "moon"}:
        return "night"
    if land == "volcano":
        return "dusk"
    if weather & {"rain", "storm", "fog", "snow", "cloud"} or "snowy" in things:
        return "day"
    if land == "city":
        return ("dusk", "night", "sunset")[seed % 3]
    return ("dawn", "golden", "dusk", "sunrise", "sunset", "day")[seed // 7 % 6]
