"""Settings: every one that isn't Django's or Celery's default carries its reason."""

from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from studio import provider_keys
from studio.environment import Env, check_oidc, kept_secret, socket_path
from studio.log_layout import layout
from studio.schedule import every

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
Env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).absolute()
DEBUG = env.bool("DEBUG", default=False)

# --- Secrets: from the environment, or made once and kept in DATA_DIR -----------------------
SECRET_KEY = env("SECRET_KEY", default="") or kept_secret(
    DATA_DIR / "secret-key", lambda: token_urlsafe(48)
)
# Provider keys at rest. The first key encrypts, all of them decrypt: rotate by adding in front.
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", default=[]) or [
    kept_secret(DATA_DIR / "encryption-key")
]

# --- Where it is reached --------------------------------------------------------------------
PORT = env.int("PORT", default=8000)
# The address that Luma can reach us at; empty on a laptop. Callbacks and keyframes need it.
PUBLIC_URL: str = env("PUBLIC_URL", default="").rstrip("/")
# This server as seen from this machine: what the simulator fetches keyframes from.
LOCAL_URL: str = env("LOCAL_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
# This machine's own names besides: probes and the simulator come by them.
ALLOWED_HOSTS: list[str] = [
    *dict.fromkeys([*env.list("ALLOWED_HOSTS", default=[]), "localhost", "127.0.0.1", "[::1]"])
]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PUBLIC_URL:
    CSRF_TRUSTED_ORIGINS.append(PUBLIC_URL)
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
# Cookies and redirects over TLS, when it is served over TLS.
SECURE = env.bool("SECURE", default=PUBLIC_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "studio.views.dead_ends.stale_page"
# A browser takes a cookie of this prefix over TLS only, and from this very host (RFC 6265bis
# §4.1.3.2): no neighbour's subdomain can plant one. Over plain http it would take none at all.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "studio.messages.Kept"  # whose cookie has the prefix, too
SECURE_SSL_REDIRECT = SECURE
# The proxy in compose.yaml ends TLS and sets this header; without SECURE nobody is believed.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
# From inside, without TLS: probes, and the simulator's callbacks and keyframes.
SECURE_REDIRECT_EXEMPT = [
    r"^healthz$",
    r"^readyz$",
    r"^metrics$",
    r"^callbacks/",
    r"^media/published/",
]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],  # blob: shows a chosen picture before it is sent
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Outside --------------------------------------------------------------------------------
LUMA_API_KEY: str = env("LUMA_API_KEY", default="")
LUMA_AGENTS_API_KEY: str = env("LUMA_AGENTS_API_KEY", default="")
OPENAI_API_KEY: str = env("OPENAI_API_KEY", default="")
# Any server that speaks OpenAI's images API: its address, its key, and what it calls its model.
IMAGES_BASE_URL: str = env("IMAGES_BASE_URL", default="")
IMAGES_API_KEY: str = env("IMAGES_API_KEY", default="")
IMAGES_MODEL: str = env("IMAGES_MODEL", default="")
provider_keys.check(
    luma=LUMA_API_KEY,
    luma_agents=LUMA_AGENTS_API_KEY,
    images={"BASE_URL": IMAGES_BASE_URL, "API_KEY": IMAGES_API_KEY, "MODEL": IMAGES_MODEL},
)
SIMULATOR_PORT = env.int("SIMULATOR_PORT", default=8001)
SIMULATOR_URL: str = env("SIMULATOR_URL", default=f"http://127.0.0.1:{SIMULATOR_PORT}")
# Admits http to loopback, for the simulator and the tests.
OUTBOUND_LOOPBACK = env.bool("OUTBOUND_LOOPBACK", default=False)
if OUTBOUND_LOOPBACK and (LUMA_API_KEY or LUMA_AGENTS_API_KEY or OPENAI_API_KEY or IMAGES_API_KEY):
    raise ImproperlyConfigured(
        "OUTBOUND_LOOPBACK is for the simulator and can't be used together with LUMA_API_KEY, "
        "LUMA_AGENTS_API_KEY, OPENAI_API_KEY or IMAGES_API_KEY: "
        "a provider's answer could then point at services on this machine. Unset one of them."
    )

# --- The application ------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "template_partials",
    "generations",  # before what asks its catalogue for choices as it is loaded
    "studio",
    "studio.administering.site.SiteConfig",  # Django's admin; what is done by it is audited
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Both before WhiteNoise: a static file has their headers, too.
    "studio.middleware.OursAlone",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "studio.uploads.RefuseLargeBodies",  # before CSRF, which reads forms
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Deny by default: a view is public only where it says so.
    "studio.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "studio.middleware.NamedDeadEnds",
    "studio.middleware.HtmxResponses",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.context.rail",
            ],
        },
    }
]

# --- The database --------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'dailies.sqlite3'}")
}
_database = DATABASES["default"]
if "ENGINE" not in _database:
    raise ImproperlyConfigured(
        "DATABASE_URL can't be read. It looks like postgres://user:password@host:5432/name."
    )
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": env.float("SQLITE_TIMEOUT_S", default=20.0),
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000;"
        ),
    }
    _database["CONN_MAX_AGE"] = None
elif env.bool("DATABASE_POOL", default=False):
    # The web server's threads share a pool; workers keep their own connection.
    _database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8}
else:
    _database["CONN_MAX_AGE"] = 600
    _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Broker, cache and sessions: one Redis protocol server, embedded unless REDIS_URL is set -
BROKER_SOCKET = socket_path(DATA_DIR)
REDIS_URL: str = env("REDIS_URL", default="")
# Two installations may share a Redis: each has its own names in it.
REDIS_PREFIX: str = env("REDIS_PREFIX", default="dailies")
_cache: dict[str, Any] = {
    "BACKEND": "studio.cache.OptionalRedisCache",
    "LOCATION": REDIS_URL or f"unix://{BROKER_SOCKET}?db=0",
    "KEY_PREFIX": REDIS_PREFIX,
    "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
}
CACHES: dict[str, dict[str, Any]] = {
    "default": _cache,
    # Their own, since a session that was ended while Redis was away must not live on in it.
    "sessions": _cache | {"BACKEND": "studio.cache.SessionCache"},
}
# The database holds the session, the cache answers for it: the live poll saves a query.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"

CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{BROKER_SOCKET}?virtual_host=0"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Prompt redelivery after kill -9; longer than the longest task.
    "visibility_timeout": 3600,
    "global_keyprefix": f"{REDIS_PREFIX}:",
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    # A web request must not hang on a broker that is away: the sweep finds the work anyway.
    "socket_connect_timeout": 1,
    "socket_timeout": 10,
    # Without these, kombu tries for six seconds whatever a task's own retry policy says.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True  # the broker may start after the worker
CELERY_TASK_IGNORE_RESULT = True  # the database holds the results
CELERY_TASK_ACKS_LATE = True  # a task whose worker dies is delivered again; all of ours may be
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a download must not hold back a submit
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # our logging format in every process
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
# The schedule has only intervals: nothing to keep on disk, nothing for a kill to corrupt.
CELERY_BEAT_SCHEDULER = "celery.beat.Scheduler"
SWEEP_EVERY_S = env.float("SWEEP_EVERY_S", default=1.0)
CELERY_BEAT_SCHEDULE = every(SWEEP_EVERY_S)
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
# Woken when something happened to a take; the schedule runs them anyway (generations.waking).
EVENT_FOLLOWERS = (
    "studio.tasks.follow_storyboards",
    "studio.tasks.follow_finals",
    "studio.tasks.tell_webhooks",
    "studio.tasks.tell_people",
)

# --- The engine -----------------------------------------------------------------------------
# A POST may take this long in all; the lease outlives it with room to spare.
SUBMIT_TIMEOUT_S = env.float("SUBMIT_TIMEOUT_S", default=60.0)
SUBMIT_LEASE_S = env.float("SUBMIT_LEASE_S", default=90.0)
# Absence from the list proves nothing before this.
SETTLE_AFTER_S = env.float("SETTLE_AFTER_S", default=120.0)
POLL_AFTER_S = env.float("POLL_AFTER_S", default=2.0)
# After so many failures in a row an account is left alone, and asked again after this long at
# first; each time in vain doubles it.
BREAKER_FAILURES = env.int("BREAKER_FAILURES", default=3)
BREAKER_PROBE_S = env.float("BREAKER_PROBE_S", default=5.0)
# An account at its limit for this long has its work moved to another that can do it.
BUSY_LONG_S = env.float("BUSY_LONG_S", default=120.0)
# A file whose worker died is fetched again after this; a slow download renews it.
COLLECT_LEASE_S = env.float("COLLECT_LEASE_S", default=60.0)
# So many files are fetched at once in a process: half of a worker's threads. And so many orders
# are waited for whose answer is the picture itself, which takes minutes.
COLLECTS_AT_ONCE = env.int("COLLECTS_AT_ONCE", default=4)
LONG_POSTS_AT_ONCE = env.int("LONG_POSTS_AT_ONCE", default=2)
# An export whose worker died begins again after this; one that goes on renews it every second.
EXPORT_LEASE_S = env.float("EXPORT_LEASE_S", default=90.0)
# For so many days what was deleted can be restored: long enough to miss it over a holiday, and
# short enough that a full disk has an end.
TRASH_DAYS = env.int("TRASH_DAYS", default=30)

# Where frames are put for Luma to fetch, instead of this server's own signed addresses.
STILLS_BUCKET: str = env("STILLS_BUCKET", default="")
STILLS_ENDPOINT_URL: str = env("STILLS_ENDPOINT_URL", default="")
STILLS_REGION: str = env("STILLS_REGION", default="us-east-1")
STILLS_ACCESS_KEY: str = env("STILLS_ACCESS_KEY", default="")
STILLS_SECRET_KEY: str = env("STILLS_SECRET_KEY", default="")

# --- Watching ---
# An OpenAI-compatible chat endpoint that rewrites prompts when a person asks for it; often inside.
PROMPT_HELPER_URL: str = env("PROMPT_HELPER_URL", default="").rstrip("/")
PROMPT_HELPER_KEY: str = env("PROMPT_HELPER_KEY", default="")
PROMPT_HELPER_MODEL: str = env("PROMPT_HELPER_MODEL", default="")
# Who may read /metrics: whoever sends this; without it, only this machine itself.
METRICS_TOKEN: str = env("METRICS_TOKEN", default="")
# How often a process adds its counts to the database's; 0 leaves it to whoever calls flush().
MEASURE_EVERY_S = env.float("MEASURE_EVERY_S", default=5.0)

# --- People ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "studio.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = env("EMAIL_VERIFICATION", default="optional")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # the subjects name Dailies; the default is the host's name
ACCOUNT_ADAPTER = "studio.accounts.Accounts"
USERSESSIONS_ADAPTER = "studio.accounts.Sessions"
# Off unless asked for: a self-hosted studio has guests only by invitation.
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=False)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# Proxies before this server that append to X-Forwarded-For: who tries too often is told by it.
# Too few, and people behind a proxy share one rate limit; too many, and anybody may lie.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "studio.accounts.SecondFactors"
# A passkey that knows its person by itself signs in alone.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "studio.forms.passkeys.CodeForm",
    "add_webauthn": "studio.forms.passkeys.AddPasskeyForm",
    "edit_webauthn": "studio.forms.passkeys.RenamePasskeyForm",
    "authenticate_webauthn": "studio.forms.passkeys.SecondPasskeyForm",
    "login_webauthn": "studio.forms.passkeys.SignInPasskeyForm",
    "reauthenticate_webauthn": "studio.forms.passkeys.ConfirmPasskeyForm",
}
# Single sign-on at an OpenID Connect server; off without its address.
OIDC_SERVER_URL: str = env("OIDC_SERVER_URL", default="").rstrip("/")
OIDC_NAME: str = env("OIDC_NAME", default="single sign-on")
OIDC_CLIENT_ID: str = env("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET: str = env("OIDC_CLIENT_SECRET", default="")
# Off unless asked for: whoever has an account there isn't invited here.
OIDC_CREATE_PEOPLE = env.bool("OIDC_CREATE_PEOPLE", default=False)
check_oidc(OIDC_SERVER_URL, OIDC_CLIENT_ID)
SOCIALACCOUNT_ADAPTER = "studio.single_sign_on.Entrance"
# Known by the server's own id for them from then on, also when their address changes there.
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
# Else whoever finds a browser open could let themselves in for good.
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL: str = env("DEFAULT_FROM_EMAIL", default="Dailies <dailies@localhost>")

# --- Words and time -------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "studio.storage.AppFiles",
]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site's page has any business with our files
# Served from the source tree: `make run` and the tests need no collectstatic.
WHITENOISE_USE_FINDERS = env.bool("STATIC_FROM_SOURCE", default=True)
STATIC_ROOT = None if WHITENOISE_USE_FINDERS else BASE_DIR / "staticfiles"
if not WHITENOISE_USE_FINDERS:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "studio.storage.CollectedFiles"},
    }
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(DATA_DIR / "media"))).absolute()
# Set where nginx sends the files (compose.yaml): the internal location of MEDIA_ROOT.
MEDIA_ACCEL_PREFIX: str = env("MEDIA_ACCEL_PREFIX", default="")
# A still may be 20 MB; the form answers above it, not a bare 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "studio.uploads.DropTheRest",  # a stranger mustn't fill the disk
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# plain for people, json for machines that gather logs: one object a line.
LOG_FORMAT: str = env("LOG_FORMAT", default="plain")
if LOG_FORMAT not in ("plain", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}; it can be plain or json.")
LOGGING = layout(LOG_FORMAT, env("LOG_LEVEL", default="INFO"))
