"""The structure of a prompt: six parts that are put together, word for word."""

from collections.abc import Mapping

PARTS = {
    "subject": ("Subject", "Who or what is seen", "a lone cyclist in a red coat"),
    "action": ("Action", "What happens", "crests the hill and stops"),
    "setting": ("Setting", "Where and when", "a coast road above the sea, October"),
    "camera": ("Camera", "How it is filmed", "slow push in, low angle"),
    "light": ("Light", "Where light comes from", "last sun from the left, long shadows"),
    "style": ("Style", "What it looks like", "35 mm film, muted colours"),
}


def assemble(parts: Mapping[str, str]) -> str:
    """Put the parts together, in their order, with nothing but commas between them.

    Subject and action are one phrase.
    """
    said = {name: " ".join(parts.get(name, "").split()).strip(" ,") for name in PARTS}
    phrase = " ".join(filter(None, (said["subject"], said["action"])))
    rest = [said[name] for name in ("setting", "camera", "light", "style")]
    return ", ".join(filter(None, (phrase, *rest)))
