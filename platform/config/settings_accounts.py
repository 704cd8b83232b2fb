"""Log-in, sessions, two-factor and lock-out: read at the end of `config.settings`."""

from datetime import timedelta

from config import env

# ---------------------------------------------------------------- sessions
# Rows of our own: they know their user and tenant, so that all of a person's can be ended.
SESSION_ENGINE = "accounts.sessions"
# A session ends a week after log-in whatever happens, and sooner when nobody uses it.
SESSION_COOKIE_AGE = 7 * 24 * 3600
ACCOUNTS_SESSION_IDLE = timedelta(hours=24)

# ---------------------------------------------------------------- log-in
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.MemberBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "first_name", "last_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Of allauth, the authenticators and their algorithms are used; its views are not routed.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "accounts.mfa.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Ricochet"

# ---------------------------------------------------------------- lock-out
# Five wrong passwords for one account from one address close it there for a quarter of an hour.
# The account is named by a hash that carries its tenant (R21): no email is stored or logged.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.throttles.axes_account"
AXES_CLIENT_IP_CALLABLE = "accounts.throttles.counted_address"
AXES_LOCKOUT_CALLABLE = "accounts.views.login.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "email", "ip_address"]
# Whose address counts: the connection's, or what our own proxy says when it is trusted.
ACCOUNTS_TRUST_PROXY = env.read()["RICOCHET_TRUST_PROXY"]

# ---------------------------------------------------------------- the frame
SHELL_SWITCHER = "accounts.switcher.choices"
