"""What the studio keeps: people, teams, projects, recipes, storyboards and sequences."""

from studio.models.api_request import ApiRequest
from studio.models.api_token import ApiToken
from studio.models.audit import AuditEntry
from studio.models.bakeoff import BakeOff, Ballot, Entrant, Mark, Pick
from studio.models.bundle import Bundle
from studio.models.collection import Collected, Collection
from studio.models.export import Export
from studio.models.favourite import Favourite
from studio.models.final import Final, FinalPlace, Finals
from studio.models.guest_verdict import GuestVerdict
from studio.models.invitation import Invitation
from studio.models.note import Mention, Note
from studio.models.notice import Notice, NoticePlace, NoticeRules
from studio.models.project import Project
from studio.models.recipe import Filling, Recipe
from studio.models.review import Review, ReviewRules, Verdict
from studio.models.rubric import Criterion, Score
from studio.models.run import Run, RunStep
from studio.models.saved_view import SavedView
from studio.models.sequence import Edit, NamedCut, Overtaken, Sequence
from studio.models.share import Share
from studio.models.sound import Sound
from studio.models.storyboard import (
    Overwriting,
    Shot,
    ShotTake,
    Storyboard,
    TooManyShots,
)
from studio.models.tag import Tag, Tagging
from studio.models.team import FormerMembership, Membership, Role, Team
from studio.models.user import User
from studio.models.webhook import Delivery, Webhook, WebhookPlace

__all__ = [
    "ApiRequest",
    "ApiToken",
    "AuditEntry",
    "BakeOff",
    "Ballot",
    "Bundle",
    "Collected",
    "Collection",
    "Criterion",
    "Delivery",
    "Edit",
    "Entrant",
    "Export",
    "Favourite",
    "Filling",
    "Final",
    "FinalPlace",
    "Finals",
    "FormerMembership",
    "GuestVerdict",
    "Invitation",
    "Mark",
    "Membership",
    "Mention",
    "NamedCut",
    "Note",
    "Notice",
    "NoticePlace",
    "NoticeRules",
    "Overtaken",
    "Overwriting",
    "Pick",
    "Project",
    "Recipe",
    "Review",
    "ReviewRules",
    "Role",
    "Run",
    "RunStep",
    "SavedView",
    "Score",
    "Sequence",
    "Share",
    "Shot",
    "ShotTake",
    "Sound",
    "Storyboard",
    "Tag",
    "Tagging",
    "Team",
    "TooManyShots",
    "User",
    "Verdict",
    "Webhook",
    "WebhookPlace",
]
