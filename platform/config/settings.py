"""One settings module for every process; what differs between machines is in `config.env`."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import env as environment
from config.settings_celery import TASKS
from tenants.database.deadline import Connection as DatabaseConnection

ROOT = Path(__file__).resolve().parent.parent.parent
_env = environment.read()

DEMO = _env["RICOCHET_DEMO"]
DEBUG = _env["RICOCHET_DEBUG"]
SECRET_KEY = _env["SECRET_KEY"] or ("demo-only-" + "0" * 50 if DEMO else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text before starting Ricochet.")

# Where the platform lives, as browsers see it. Tenants live one label below.
PLATFORM_DOMAIN = _env["RICOCHET_DOMAIN"]
PLATFORM_SCHEME = _env["RICOCHET_SCHEME"]
PLATFORM_PORT = _env["RICOCHET_PUBLIC_PORT"]
# The tenant middleware answers for hosts: one that is not in the database gets a plain 404.
ALLOWED_HOSTS = ["*"]
# A leading "www." belongs to the address as it is stored; nothing is stripped.
USE_X_FORWARDED_HOST = False
if _env["RICOCHET_TRUST_PROXY"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---------------------------------------------------------------- apps and tenancy
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
PUBLIC_SCHEMA_NAME = "public"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
ROOT_URLCONF = "config.urls_tenant"
# What a partner who is no merchant finds on its address, and nothing else.
PARTNER_URLCONF = "config.urls_partner"
TENANT_LIMIT_SET_CALLS = True
TENANT_CREATION_FAKES_MIGRATIONS = False

SHARED_APPS = [
    "django_tenants",
    "tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "accounts",
    "billing",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "config",
    "shell",
    "kernel.outbox",
    "partnerships",
    "signup",
    "console",
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
TENANT_APPS = [
    "kernel.ledger",
    "kernel.outbox",
    "kernel.jobs",
    "tenants.profiles",
    "tenants.activity",
    "tenants.loyalty",
    "tenants.loyalty.recalculation",
    "tenants.referrals",
    "tenants.rewards",
    "tenants.messaging",
    "tenants.programme",
    "tenants.programme.bulk",
    "operations",
    "api",
    "widgets",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------- database, cache, broker
_database = environ.Env.db_url_config(_env["DATABASE_URL"] or "postgres://localhost/ricochet")
DATABASES = {
    "default": {
        **_database,
        # Fails closed where django-tenants fails open; see tenants/database/base.py.
        "ENGINE": "tenants.database",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {
                "min_size": 1,
                "max_size": _env["DATABASE_POOL_MAX"],
                "timeout": 5,
                "connection_class": DatabaseConnection,
            },
            "connect_timeout": 3,
            # For the statements of `kernel.db` alone: see tenants/database/prepared.py.
            "prepare_threshold": 2,
            "application_name": "ricochet",
        },
        "TEST": {"NAME": _env["TEST_DATABASE_NAME"] or None},
    }
}
DATABASE_ANSWER_SECONDS = _env["DATABASE_ANSWER_SECONDS"]
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

REDIS_URL = _env["REDIS_URL"]
CACHES = {
    "default": {
        "BACKEND": "kernel.cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        # Every key carries its tenant: no two schemas ever share one.
        "KEY_FUNCTION": "kernel.cache.tenant_key",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}
CELERY = {"broker_url": REDIS_URL, **TASKS}

# ---------------------------------------------------------------- requests
MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # What stands below is for people with a browser and a session; the busiest programs skip it.
    "config.middleware.StraightMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.TenantSessionMiddleware",
    "console.middleware.ConsoleMiddleware",
    "console.visits.middleware.VisitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "tenants.freezing.FreezeMiddleware",
    "shell.errors.ErrorPagesMiddleware",
]
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "shell.context.frame",
                "tenants.features.modules",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "shell.templatetags.shell",
                "shell.templatetags.shell_values",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---------------------------------------------------------------- people who log in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# `__Host-` ties a cookie to one exact host: a sibling tenant cannot set or read it.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "shell.errors.csrf_failure"

# ---------------------------------------------------------------- browser security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PLATFORM_SCHEME == "https" else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ---------------------------------------------------------------- language, time, files
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [ROOT / "platform" / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

STATIC_URL = "/static/"
STATIC_ROOT = None if DEMO or DEBUG else ROOT / "static-build"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEMO or DEBUG:
    # Straight from the sources: nothing to collect before the first page is seen.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = DEBUG

# ---------------------------------------------------------------- mail
vars().update(environ.Env.email_url_config(_env["EMAIL_URL"]))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _env["RICOCHET_FROM_EMAIL"]

# ---------------------------------------------------------------- uploads, logs
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "config.uploads.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "config.logs.Formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": _env["RICOCHET_LOG_LEVEL"]},
    # Two lines for each request otherwise, with a customer's id in them.
    "loggers": {"stripe": {"level": "WARNING"}},
}
# W004: a constraint that the check does not know keeps emails unique, whatever their case.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

from config.settings_accounts import *  # noqa: E402, F403
from config.settings_api import *  # noqa: E402, F403
from config.settings_billing import *  # noqa: E402, F403
from config.settings_console import *  # noqa: E402, F403
from config.settings_operator import *  # noqa: E402, F403
from config.settings_plugs import *  # noqa: E402, F403
