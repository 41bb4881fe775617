"""What the engine keeps: what was asked for, what was made, and what it cost."""

from generations.models.account import Account
from generations.models.account_bucket import AccountBucket
from generations.models.asset import Asset
from generations.models.attempt import Attempt
from generations.models.budget import Budget, BudgetWarning, Standing, standings
from generations.models.erasure import Erasure
from generations.models.event import Counter, Event
from generations.models.generation import Generation
from generations.models.heartbeat import Heartbeat
from generations.models.imports import Import
from generations.models.keyframe import Keyframe
from generations.models.ledger import LedgerEntry
from generations.models.measure import Measure
from generations.models.model_fallback import ModelFallback
from generations.models.past_entry import PastEntry
from generations.models.paused_line import PausedLine
from generations.models.price_override import PriceOverride
from generations.models.prompt import Prompt
from generations.models.reconciliation import Reconciliation
from generations.models.reference import Reference
from generations.models.spending_rules import SpendingRules
from generations.models.states import State
from generations.models.still import Still

__all__ = [
    "Account",
    "AccountBucket",
    "Asset",
    "Attempt",
    "Budget",
    "BudgetWarning",
    "Counter",
    "Erasure",
    "Event",
    "Generation",
    "Heartbeat",
    "Import",
    "Keyframe",
    "LedgerEntry",
    "Measure",
    "ModelFallback",
    "PastEntry",
    "PausedLine",
    "PriceOverride",
    "Prompt",
    "Reconciliation",
    "Reference",
    "SpendingRules",
    "Standing",
    "State",
    "Still",
    "standings",
]
