"""The states of a generation, and the reasons behind them."""

from django.db import models


class State(models.TextChoices):
    """Where a generation is in its life."""

    REQUESTED = "requested", "Requested"
    WAITING = "waiting", "Waiting"
    SUBMITTING = "submitting", "Sending"
    UNCONFIRMED = "unconfirmed", "Unconfirmed"
    QUEUED = "queued", "Queued"
    DREAMING = "dreaming", "Dreaming"
    COMPLETED = "completed", "Ready"
    FAILED = "failed", "Not generated"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"


class Reason(models.TextChoices):
    """Why a generation failed, or what it waits for."""

    NONE = "", "none"
    CONTENT = "content", "refused by moderation"
    FRAMES = "frames", "a frame couldn't be used"
    REQUEST = "request", "the request was refused"
    PROVIDER = "provider", "the provider failed"
    KEY = "key", "the key was refused"
    CREDITS = "credits", "out of credits"
    UNREACHABLE = "unreachable", "the provider can't be reached"
    BUSY = "busy", "the provider is at its limit"
    ABSENT = "absent", "it never arrived"
    UNSURE = "unsure", "the answer was lost"
    UNDECIDED = "undecided", "a person decides"
    SWITCHED_OFF = "switched_off", "its account is switched off"
    LOST = "lost", "never seen again"


IN_FLIGHT = (State.SUBMITTING, State.UNCONFIRMED, State.QUEUED, State.DREAMING)
AT_PROVIDER = (State.QUEUED, State.DREAMING)
UNFINISHED = (State.REQUESTED, State.WAITING, *IN_FLIGHT)
SCHEDULED = (State.WAITING, *IN_FLIGHT)
