"""A lease that its holder prolongs for as long as the work goes on."""

import threading
from datetime import timedelta
from types import TracebackType

from django.conf import settings
from django.db import connection
from django.utils import timezone

from generations.models import Asset


class CollectLease:
    """Keeps an asset for one worker while it fetches and looks into the file.

    The asset's `next_at` is the end of the lease. A thread prolongs it; a worker that is killed
    stops prolonging, and the asset is due again within COLLECT_LEASE_S.
    """

    def __init__(self, asset: Asset) -> None:
        self.asset = asset
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._prolong, name="lease", daemon=True)

    def __enter__(self) -> "CollectLease":
        """Start prolonging."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop prolonging, and wait for the thread."""
        self._done.set()
        self._thread.join()

    def _prolong(self) -> None:
        try:
            while not self._done.wait(settings.COLLECT_LEASE_S / 3):
                until = timezone.now() + timedelta(seconds=settings.COLLECT_LEASE_S)
                mine = Asset.objects.filter(pk=self.asset.pk, next_at=self.asset.next_at)
                if not mine.update(next_at=until):
                    return  # it is stored, or somebody else's
                self.asset.next_at = until
        finally:
            connection.close()
