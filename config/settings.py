"""All settings, from the environment. A missing or unsafe value says how to mend it.

TRIAL=1 is the one-machine trial (``run.py demo``): SQLite, mail to files, an own secret, loopback only.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from api.description import SPECTACULAR_SETTINGS  # noqa: F401  how the interface is described

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

TRIAL = env.bool("TRIAL", False)
DEBUG = env.bool("DEBUG", False)
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))


def secret_key() -> str:
    """The signing secret; outside the trial a missing or weak one refuses to start."""
    value = env.str("SECRET_KEY", "")
    if TRIAL and not value:
        return "trial-only-secret-on-this-machine-and-nowhere-else-0123456789"
    if len(value) < 50 or len(set(value)) < 12 or value.startswith(("trial-", "django-insecure")):
        raise ImproperlyConfigured(
            "SECRET_KEY is missing or weak. Set it to at least 50 random characters, for example from: "
            "python3 -c \"import secrets; print(secrets.token_urlsafe(50))\""
        )
    return value


def allowed_hosts() -> list[str]:
    hosts = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if TRIAL or DEBUG else [])
    if not hosts or "*" in hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is missing or names every host. Set it to the names that people type, "
            "for example: ALLOWED_HOSTS=quorate.example.gov.uk"
        )
    return hosts


SECRET_KEY = secret_key()
ALLOWED_HOSTS = allowed_hosts()
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000" if TRIAL else f"https://{ALLOWED_HOSTS[0]}")

INSTALLED_APPS = [
    "partnership",
    "training",
    "conferences",
    "escalation",
    "compliance",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partnership.middleware.SignedInMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "partnership.middleware.NeverStoredMiddleware",
    "partnership.middleware.NoNulMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "partnership.context.service",
            ],
            "builtins": ["partnership.templatetags.quorate"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -----------------------------------------------------------------------------------
# SQLite for a trial, PostgreSQL in earnest. SQLite: readers never wait for the writer (WAL), a
# transaction takes the write lock at its start (IMMEDIATE) instead of failing half-way, and a commit
# that was acknowledged survives a power cut (FULL). ATOMIC_REQUESTS stays off: a page that only reads
# would otherwise take the write lock.



def database() -> dict:
    """The database of DATABASE_URL, or the trial's file."""
    found = env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'quorate.sqlite3'}")
    if found.get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_URL names no database that Quorate knows. Write it like this: "
            "postgres://user:password@host:5432/quorate"
        )
    return found


DATABASES = {"default": database()}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 4}}

# --- People and sessions ------------------------------------------------------------------------

AUTH_USER_MODEL = "partnership.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "partnership.accounts.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Quorate: "
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)

SESSION_COOKIE_AGE = 12 * 60 * 60  # at most, whatever one does
SESSION_IDLE_AGE = 3 * 60 * 60  # after the last thing that one did
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "partnership.views.unsaved.refused"

# --- Headers ------------------------------------------------------------------------------------

HTTPS = env.bool("HTTPS", not (TRIAL or DEBUG))
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.int("TRUSTED_PROXIES", 0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = {name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")}

# --- Static files -------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = TRIAL or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TRIAL or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"

# --- Mail and background work -------------------------------------------------------------------
# Changes write mail to an outbox; the worker (manage.py db_worker) sends it and tries again.

if TRIAL:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
else:
    vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "Quorate <quorate@localhost>")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if not (TRIAL or DEBUG):
    # Sign-in limits must be shared by all web processes: createcachetable makes the table.
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
    }

# --- API ----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    # A key comes before a session: who sends a key that opens nothing is told so.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.keys.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.holding.Holds"],
    "DEFAULT_RENDERER_CLASSES": ["api.formats.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.formats.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.formats.Negotiation",
    "DEFAULT_FILTER_BACKENDS": ["api.filtering.Declared"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Keyset",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.PerClient"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.Described",
    "EXCEPTION_HANDLER": "api.errors.as_problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
API_CALLS_A_MINUTE = env.int("API_CALLS_A_MINUTE", 600)  # of one key, or of one person
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}

# --- What Quorate itself asks ---------------------------------------------------------------------

BANK_HOLIDAY_YEARS = (2004, 2036)  # the first and last year put in when a partnership is made
# Reminders of a return that is late come every so many working days, and then stop: whom four mails
# did not move is to be telephoned, and mail that goes on for ever is no longer read.
RETURN_REMINDER_DAYS, RETURN_REMINDERS_AT_MOST = 5, 3

# How many days a pack of reports is kept for download.
PACK_DAYS = env.int("PACK_DAYS", 14)
