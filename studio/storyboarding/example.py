"""An example of a script: a rocket from lift-off to orbit, in five shots that continue."""

SHOTS = (
    "Lift-off: a rocket leaves its desert pad at dawn, dust rolling towards us",
    "The rocket climbs through the cloud deck, and the blue sky thins to black",
    "Engines off and silence: the curve of the blue Earth slides in below the rocket",
    "In orbit, two solar wings unfold and catch the light one after the other",
    "Far away now, a bright speck in orbit crosses the rim of the Earth as the sun comes up",
)
SCRIPT = "\n\n".join(SHOTS)
