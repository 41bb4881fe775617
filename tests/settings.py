"""The studio's settings for tests: a directory of their own, nothing from a developer's `.env`.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` run the same suite on PostgreSQL and Redis.
"""

import atexit
import os
import shutil
import tempfile
from unittest.mock import patch

_directory = tempfile.mkdtemp(prefix="dailies-tests-")
atexit.register(shutil.rmtree, _directory, ignore_errors=True)

_FROM_OUTSIDE = {
    "DATA_DIR": _directory,
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL")
    or f"sqlite:///{_directory}/dailies.sqlite3",
    "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""),
    "MEDIA_ROOT": f"{_directory}/media",
    "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    "OUTBOUND_LOOPBACK": "0",
    "MEASURE_EVERY_S": "0",
    **dict.fromkeys(("DEBUG", "SECURE", "SIGNUP_OPEN", "DATABASE_POOL"), "0"),
    **dict.fromkeys(
        (
            "LUMA_API_KEY",
            "LUMA_AGENTS_API_KEY",
            "OPENAI_API_KEY",
            "IMAGES_BASE_URL",
            "IMAGES_API_KEY",
            "IMAGES_MODEL",
            "PUBLIC_URL",
            "MEDIA_ACCEL_PREFIX",
            "METRICS_TOKEN",
            "STILLS_BUCKET",
            "PROMPT_HELPER_URL",
            "OIDC_SERVER_URL",
        ),
        "",
    ),
}
# Only while they are read: the processes that tests start see the environment as it was.
with patch.dict(os.environ, _FROM_OUTSIDE):
    from studio.settings import *  # noqa: F403
    from studio.settings import CACHES, DATABASES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file: the browser tests' server has threads, and the in-memory kind locks whole tables.
    DATABASES["default"]["TEST"] = {"NAME": f"{_directory}/test.sqlite3"}
if os.environ.get("TEST_REDIS_URL"):
    _prefix = os.path.basename(_directory)  # noqa: PTH119
    CACHES = {name: cache | {"KEY_PREFIX": _prefix} for name, cache in CACHES.items()}
else:
    _local = "django.core.cache.backends.locmem.LocMemCache"
    CACHES = {name: {"BACKEND": _local, "LOCATION": name} for name in CACHES}
# A client of the tests looks for a static file when it is asked for, not for all when it is made.
WHITENOISE_AUTOREFRESH = True
CELERY_BROKER_URL = "memory://"  # a wake goes nowhere: tests do the work themselves
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
