"""Every setting, from the environment; a bad or missing value refuses to start and names itself."""

from pathlib import Path

from csp.constants import NONE, SELF

from config import entering, keeping
from config import environment as env
from config.undefined import Undefined

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what this installation is ---------------------------------------------------------------------------------------
VIGIL_MODE = env.one_of("VIGIL_MODE", env.MODES, "production")
IS_PRODUCTION = VIGIL_MODE == "production"
IS_TEST = VIGIL_MODE == "test"
VIGIL_DEMONSTRATION = VIGIL_MODE == "demonstration"
# No variable can open these two in production: the mode alone decides.
VIGIL_CLOCK_MAY_MOVE = not IS_PRODUCTION
VIGIL_DEMONSTRATION_LOGINS = VIGIL_DEMONSTRATION or IS_TEST
# Of every login that seed_demo makes; `make run` prints it.
VIGIL_DEMONSTRATION_PASSWORD = env.text("VIGIL_DEMONSTRATION_PASSWORD", "two-hours-watched") if VIGIL_DEMONSTRATION_LOGINS else ""
VIGIL_DEMONSTRATION_PIN = "240719" if VIGIL_DEMONSTRATION_LOGINS else ""

VIGIL_DATA_DIR = Path(env.text("VIGIL_DATA_DIR", str(BASE_DIR / "var"))).absolute()
if not IS_PRODUCTION:
    (VIGIL_DATA_DIR / "static").mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = env.secret_key("VIGIL_SECRET_KEY", unless=None if IS_PRODUCTION else "for-demonstrations-and-tests-alone")
SECRET_KEY_FALLBACKS = env.words("VIGIL_OLD_SECRET_KEYS")
# Links in messages are built from this address, since no request is at hand when they are sent.
VIGIL_ORIGIN = env.origin(
    "VIGIL_ORIGIN",
    env.required("VIGIL_ORIGIN", "the public address, like https://vigil.example", unless=None if IS_PRODUCTION else "http://127.0.0.1:8000"),
    schemes=("https",) if IS_PRODUCTION else ("http", "https"),
)
ALLOWED_HOSTS = env.words("VIGIL_ALLOWED_HOSTS") + ([] if IS_PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"])
if not ALLOWED_HOSTS:
    raise env.BadSetting("VIGIL_ALLOWED_HOSTS", "is not set. Expected: host names with commas between, like vigil.example")
CSRF_TRUSTED_ORIGINS = [VIGIL_ORIGIN]

# --- rooms and what they stand on ------------------------------------------------------------------------------------
ROOMS = ["clinic", "patients", "sessions", "reminders", "reports", "desk"]
INSTALLED_APPS = [
    "config",
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
]

# The headers' middlewares stand outside of everything that may answer early, so that every answer carries them.
MIDDLEWARE = [
    "config.operating.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clinic.middleware.NoStoreMiddleware",
    "config.public.PublicLimitMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.middleware.ScopeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.locking.middleware.LockMiddleware",
    "clinic.middleware.SignedOutFragmentMiddleware",
    "clinic.middleware.SignInFirstMiddleware",
    "clinic.middleware.NowMiddleware",
    "config.paces.PaceMiddleware",
    "clinic.middleware.DenialMiddleware",
    "clinic.middleware.IdentityMiddleware",
    "clinic.reading.ReadMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF, WSGI_APPLICATION = "config.urls", "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context_processors.shell",
            ],
            "builtins": ["clinic.templatetags.quicker"],
            "string_if_invalid": Undefined(BASE_DIR / "templates") if IS_TEST else "",
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- the record ------------------------------------------------------------------------------------------------------
# WAL and IMMEDIATE: many writers without "database is locked". FULL: the record of a controlled drug survives power loss.
SQLITE_OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"}
# The second line: each transaction of a page or a task names its sites, and sees no others' rows (docs/adr/0032). PostgreSQL's alone:
# over SQLite the setting says nothing. Off only where the web's login owns the tables: the other sees rows by it alone.
VIGIL_ROW_SECURITY = env.flag("VIGIL_ROW_SECURITY", True)
VIGIL_PAGES_PASSWORD = env.text("VIGIL_PAGES_PASSWORD")  # `migrate` makes the login of web, worker and beat with it
VIGIL_FIELD_KEYS = keeping.FIELD_KEYS
DATABASES = {"default": env.database("DATABASE_URL", VIGIL_DATA_DIR / "vigil.sqlite3", SQLITE_OPTIONS)}
# Sign-in's throttles live here: in the database, so that a stopped Redis never keeps staff out. Room for many: past the limit
# live entries are thrown out, and a flood of made-up addresses (300 by default) would free whoever is guessing.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "vigil_cache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}
# What public pages are asked for is counted in each process's own memory: a flood must not become writes (config.public).
CACHES["public"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "public", "OPTIONS": {"MAX_ENTRIES": 50_000}}

# The heads of the chains leave the house each day, signed by a key outside of the database (docs/adr: anchors).
VIGIL_ANCHOR_KEY_FILE = Path(env.text("VIGIL_ANCHOR_KEY_FILE", str(VIGIL_DATA_DIR / "anchor.key")))
VIGIL_ANCHOR_TO = env.places("VIGIL_ANCHOR_TO", (VIGIL_DATA_DIR / "anchors.txt").as_uri() if VIGIL_DEMONSTRATION else "")

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ARGON2 = "django.contrib.auth.hashers.Argon2PasswordHasher"
# Argon2 takes 130 ms on purpose; the suite signs in thousands of times, so it hashes fast.
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher", ARGON2] if IS_TEST else [ARGON2, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "home"
# Passphrases, the second factor, and how often somebody may try.
globals().update(entering.SETTINGS)
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("VIGIL_PROXIES", 1 if IS_PRODUCTION else 0, most=5)
# Only these may name a request's id; the operator's monitor sees details with its token, or straight from these networks.
VIGIL_PROXY_NETWORKS = env.networks("VIGIL_PROXY_NETWORKS", "127.0.0.0/8,::1")
VIGIL_MONITOR_NETWORKS = env.networks("VIGIL_MONITOR_NETWORKS", "127.0.0.0/8,::1")
VIGIL_MONITOR_TOKEN = env.token("VIGIL_MONITOR_TOKEN")
VIGIL_METRICS = env.flag("VIGIL_METRICS", VIGIL_DEMONSTRATION or bool(VIGIL_MONITOR_TOKEN))
# What one person may ask for in a minute (config.paces); tests do without, and tools that hammer a demonstration may.
VIGIL_PACES = IS_PRODUCTION or env.flag("VIGIL_PACES", not IS_TEST)
# The outermost limit; the site's policy locks and ends a sign-in long before (clinic.locking).
SESSION_ENGINE, SESSION_COOKIE_AGE = "clinic.session_store", 24 * 60 * 60

# --- the browser -----------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")}
X_FRAME_OPTIONS, SECURE_REFERRER_POLICY = "DENY", "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
# A browser takes __Host- from this host alone, over TLS, for every path: no neighbour under the same domain can plant one.
if IS_PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-vigil_session", "__Host-vigil_csrf"
MESSAGE_STORAGE = "config.messages.Storage"
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
# Only a proxy that overwrites this header may stand before us (README, "for real"); without one: VIGIL_PROXIES=0.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
STATIC_ROOT = VIGIL_DATA_DIR / "static"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = IS_TEST
# One copy of each file, and source maps as they are: compressing everything took 11 s of the first start, this takes 3.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if IS_TEST else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- time and language -----------------------------------------------------------------------------------------------
USE_TZ, TIME_ZONE, LANGUAGE_CODE = True, "UTC", "en"
# Pages speak English; what goes to a patient speaks theirs, its dates too.
LANGUAGES = [("en", "English"), ("es", "Español")]

# --- mail ------------------------------------------------------------------------------------------------------------
EMAIL_HOST = env.required("VIGIL_SMTP_HOST", "the mail server's name", unless=None if IS_PRODUCTION else "127.0.0.1")
EMAIL_PORT = env.whole("VIGIL_SMTP_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("VIGIL_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("VIGIL_SMTP_PASSWORD")
VIGIL_SMTP_SECURITY = env.one_of("VIGIL_SMTP_SECURITY", ("starttls", "tls", "none"), "starttls" if IS_PRODUCTION else "none")
EMAIL_USE_TLS, EMAIL_USE_SSL = VIGIL_SMTP_SECURITY == "starttls", VIGIL_SMTP_SECURITY == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.required("VIGIL_MAIL_FROM", "the sender's address", unless=None if IS_PRODUCTION else "clinic@demo.example")
# A demonstration without a mail server keeps its mail as files, to be read there.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if VIGIL_DEMONSTRATION and not env.text("VIGIL_SMTP_HOST"):
    EMAIL_BACKEND, EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(VIGIL_DATA_DIR / "mail")

# --- texts: secrets of the installation; which provider a site uses is its own setting ---------------------------------
# A demonstration without a provider keeps its texts as files, as its mail.
_NO_PROVIDER = (VIGIL_DATA_DIR / "texts").as_uri() if VIGIL_DEMONSTRATION else "http://127.0.0.1:1/messages"
VIGIL_TEXT_URL = env.text("VIGIL_TEXT_URL", "" if IS_PRODUCTION else _NO_PROVIDER)
VIGIL_TEXT_TOKEN = env.text("VIGIL_TEXT_TOKEN")
VIGIL_TWILIO_URL = env.text("VIGIL_TWILIO_URL", "https://api.twilio.com")
VIGIL_TWILIO_ACCOUNT, VIGIL_TWILIO_TOKEN = env.text("VIGIL_TWILIO_ACCOUNT"), env.text("VIGIL_TWILIO_TOKEN")

# --- work in the background (config/celery.py reads what begins with CELERY_) ----------------------------------------
# Outside of production nobody need listen: port 1 refuses at once, and the web lives on without a broker.
REDIS_URL = env.broker("REDIS_URL", env.required("REDIS_URL", "redis://host:6379/0", unless=None if IS_PRODUCTION else "redis://127.0.0.1:1/0"))
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 80, 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page never waits for the broker: no retry, half a second at most; the sweep finds what was not published.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "retry_on_timeout": False,
    "max_retries": 0,
    # Above the time limit, or a task still running would be given out twice; short, so that a killed worker's comes back.
    "visibility_timeout": 100,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
# The due work is in the database, so a tick that nobody took is worthless: each expires before the next.
_TICK = env.whole("VIGIL_TEST_BEAT_SECONDS", 0, most=60) if IS_TEST else 0
VIGIL_BEAT_SCHEDULE = CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": float(_TICK or seconds), "options": {"expires": float(_TICK or seconds) * 2}}
    for name, seconds in {
        "config.tasks.tick": 20,
        "sessions.tasks.watch": 60,
        "reminders.tasks.sweep": 60,
        "reminders.tasks.send": 20,
        "reminders.tasks.balance": 3600,
        "reports.tasks.audit_weeks": 600,
        "reports.tasks.tend_exports": 60,
        "reports.tasks.sum_up": 60,
        "clinic.tasks.anchor": 600,
        **keeping.BEAT,
    }.items()
}
# So many large exports at once in the whole installation: the other workers are the reminders'.
VIGIL_EXPORTS_AT_ONCE = env.whole("VIGIL_EXPORTS_AT_ONCE", 1, most=100)
# In memory: nothing on disk to lose or to share; the sweeps ask the database what is due.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
VIGIL_BACKUPS, VIGIL_BACKUP_DIR, VIGIL_BACKUP_HOUR = keeping.BACKUPS, keeping.BACKUP_DIR, keeping.BACKUP_HOUR
VIGIL_BACKUP_RECIPIENTS, VIGIL_BACKUP_KEEP_DAYS = keeping.BACKUP_RECIPIENTS, keeping.BACKUP_KEEP_DAYS
VIGIL_BACKUP_DATABASE_URL = keeping.BACKUP_DATABASE_URL
VIGIL_DOWNTIME_DIR, VIGIL_DOWNTIME_KEEP_DAYS = keeping.DOWNTIME_DIR, keeping.DOWNTIME_KEEP_DAYS

# --- the log ---------------------------------------------------------------------------------------------------------
VIGIL_LOG_FORMAT = env.one_of("VIGIL_LOG_FORMAT", ("plain", "json"), "plain")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "config.logs.PlainFormatter", "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s [%(request_id)s]", "datefmt": "%Y-%m-%dT%H:%M:%SZ",
        },
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "filters": {"tokens": {"()": "config.logs.TokenFilter"}, "request": {"()": "config.logs.RequestFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": VIGIL_LOG_FORMAT, "filters": ["tokens", "request"]}},
    "root": {"handlers": ["stderr"], "level": env.one_of("VIGIL_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "WARNING" if IS_TEST else "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # The pulse of every task and tick is noise in a person's log, and proof in a test's.
        **{name: {"level": "INFO" if IS_TEST else "WARNING"} for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace")},
    },
}  # fmt: skip
