"""The cache, which a page can do without."""

import logging
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class OptionalRedisCache(RedisCache):
    """Redis as a cache that may be away: a read is then a miss and a write does nothing.

    The database holds everything that is cached here, so a broker that is restarting slows
    pages down and never breaks them.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Store a value if there is none; True also when the cache is away."""
        return self._or(True, super().add, *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value, or `default` when it's absent or the cache is away."""
        return self._or(default, super().get, key, default, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a number and return it; `delta` when the cache is away.

        Raises ValueError where there is none.
        """
        return int(self._or(delta, super().incr, key, delta, version))

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Store a value."""
        self._or(None, super().set, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Forget a value; False when there was none or the cache is away."""
        return self._or(False, super().delete, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Tell whether the value is there; False when the cache is away."""
        return self._or(False, super().has_key, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """Return what is there of several values."""
        return self._or({}, super().get_many, *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Store several values."""
        return self._or([], super().set_many, *args, **kwargs)

    def _or(self, otherwise: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except RedisError as error:
            log.warning("cache away: %s", error)
            return otherwise


class SessionCache(OptionalRedisCache):
    """The cache of the sessions: none is believed for longer than five minutes.

    Signing out deletes the session from the database and from here. While the cache is away
    only the first happens, and when it's back it would let the person in again: with Django's
    own time, that of the session's cookie, for two weeks.
    """

    LONGEST_S = 300

    def set(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Store a session for `timeout` seconds, and five minutes at most."""
        asked_s = timeout if isinstance(timeout, int | float) else self.LONGEST_S
        super().set(key, value, min(asked_s, self.LONGEST_S), version)
