"""What the engine keeps: what was asked for, what was made, and what it cost."""

from generations.models.account import Account
from generations.models.asset import Asset
from generations.models.attempt import Attempt
from generations.models.event import Counter, Event
from generations.models.generation import Generation
from generations.models.heartbeat import Heartbeat
from generations.models.keyframe import Keyframe
from generations.models.ledger import LedgerEntry
from generations.models.prompt import Prompt
from generations.models.states import State
from generations.models.still import Still

__all__ = [
    "Account",
    "Asset",
    "Attempt",
    "Counter",
    "Event",
    "Generation",
    "Heartbeat",
    "Keyframe",
    "LedgerEntry",
    "Prompt",
    "State",
    "Still",
]
