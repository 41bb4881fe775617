"""What a screen reader is told of takes that changed; static/js/title.js says the same of ends."""

from collections.abc import Sequence

from studio.cards import Card


def news_of(cards: Sequence[Card]) -> str:
    """Return one announcement of all: those that are ready in a sentence, the others by name."""
    ready = [card for card in cards if card.is_playable]
    if len(ready) < 2:
        return " ".join(card.announcement for card in cards).strip()
    others = [card.announcement for card in cards if card not in ready]
    *first, last = [str(card.generation.take_number) for card in ready]
    return " ".join([f"Takes {', '.join(first)} and {last} are ready.", *others]).strip()
