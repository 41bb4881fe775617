"""What an account has of its own in a bucket beside its provider's first."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from generations import buckets

_UNKNOWN = "This account's provider has these beside its first: {others}. Give one of them."


class AccountBucket(models.Model):
    """An account's limits and pace in one of its provider's buckets, such as Photon's.

    Empty limits are the catalogue's. `pace_s` is how long the account's last takes of the bucket
    were in flight, in seconds. Until `full_until` nothing of it is sent, since it was at its limit.
    The first bucket's are the account's own columns.
    """

    account = models.ForeignKey(
        "generations.Account", on_delete=models.CASCADE, related_name="buckets"
    )
    bucket = models.CharField(max_length=40)
    concurrent_limit = models.PositiveIntegerField(null=True, blank=True)
    per_minute_limit = models.PositiveIntegerField(null=True, blank=True)
    pace_s = models.FloatField(null=True, blank=True, editable=False)
    full_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "bucket"], name="account_bucket_once"),
            models.CheckConstraint(
                condition=(Q(concurrent_limit__isnull=True) | Q(concurrent_limit__gt=0))
                & (Q(per_minute_limit__isnull=True) | Q(per_minute_limit__gt=0)),
                name="account_bucket_limits_positive",
                violation_error_message="A limit is at least 1. Leave it empty for the usual one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bucket} at {self.account_id}"

    def clean(self) -> None:
        """Refuse a bucket that the account's provider doesn't have beside its first."""
        if self.account_id is None:
            return  # said at its own field
        others = [facts.key for facts in buckets.others_of(self.account.provider)]
        if self.bucket not in others:
            raise ValidationError({"bucket": _UNKNOWN.format(others=", ".join(others) or "none")})
