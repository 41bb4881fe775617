"""What an account's key may do that not every key may, as far as its provider has told."""

from django.db import models
from django.utils import timezone

from generations.models.account_queries import change_in_order


class AccountAccess(models.Model):
    """Whether a key has access to HDR: nobody tells before it is asked for.

    `hdr_told_at` is when that was told last.
    """

    class Access(models.TextChoices):
        """What is known of it."""

        UNKNOWN = "", "unknown"
        YES = "yes", "yes"
        NO = "no", "no"

    hdr = models.CharField(
        max_length=3, choices=Access.choices, default=Access.UNKNOWN, blank=True, editable=False
    )
    hdr_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def has_no_hdr(self) -> bool:
        """Whether its provider has refused HDR to its key, and nobody has tested it since."""
        return self.hdr == self.Access.NO

    def note_hdr(self, *, has: bool) -> None:
        """Remember of everybody's accounts with this key whether it has just been given HDR."""
        self._keep_hdr(self.Access.YES if has else self.Access.NO)

    def forget_hdr(self) -> bool:
        """Have HDR tried again with this key; True where it was known to have none."""
        was_refused = self.has_no_hdr
        if was_refused:
            self._keep_hdr(self.Access.UNKNOWN)
        return was_refused

    def _keep_hdr(self, told: str) -> None:
        self.hdr, self.hdr_told_at = told, timezone.now()
        mine = type(self).objects.sharing(self)  # type: ignore[attr-defined]
        change_in_order(mine.exclude(hdr=told), hdr=told, hdr_told_at=self.hdr_told_at)
