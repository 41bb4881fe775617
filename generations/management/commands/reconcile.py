"""`manage.py reconcile`: hold every account's balance against the ledger, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations import reconciling
from generations.catalogue import dollars
from generations.models import Account, Reconciliation


class Command(BaseCommand):
    help = "Read every account's balance at its provider, and report what the ledger doesn't say."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = reconciling.that_tell(Account.objects.filter(enabled=True))
        if not accounts.exists():
            raise CommandError("No account is switched on whose provider tells its balance.")
        before = Reconciliation.objects.order_by("-id").values_list("id", flat=True).first() or 0
        read = reconciling.reconcile(accounts)
        for row in Reconciliation.objects.filter(id__gt=before).select_related("account"):
            self.stdout.write(f"{row.account}: {dollars(row.balance_usd)}. {row.words}")
        if read < accounts.count():
            raise CommandError("Some balances couldn't be read; the log says why.")
