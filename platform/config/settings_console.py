"""The operator's console: its address, its policy, its look. Read at the end of settings."""

from datetime import timedelta

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from accounts.places import CONSOLE
from config import env

CONSOLE_HOST = f"console.{env.read()['RICOCHET_DOMAIN']}"
CONSOLE_URLCONF = "config.urls_console"

# A session's longest age, and how long it may lie idle: what is open here opens every merchant.
ACCOUNTS_STRICTER_PLACES = {str(CONSOLE): (timedelta(hours=12), timedelta(hours=1))}

# Unfold's pages are driven by Alpine, which evaluates the attributes of its own templates
# ('unsafe-eval') and sets styles (inline). This policy is answered to an operator whose second
# factor was checked, on this host, and nowhere else: its log-in pages keep the strict one.
CONSOLE_CSP = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}

UNFOLD = {
    "SITE_TITLE": "Ricochet · console",
    "SITE_HEADER": "Ricochet",
    "SITE_SUBHEADER": "Console",
    "SITE_SYMBOL": "blur_circular",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "console.site.favicon"}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "STYLES": ["console.site.style"],
    "SCRIPTS": ["console.site.script"],
    "COLORS": {
        # The house's lac, from its softest ground to its darkest hover.
        "primary": {
            "50": "#f1f8f9",
            "100": "#e1eff1",
            "200": "#bcdde2",
            "300": "#93d6df",
            "400": "#74c7d2",
            "500": "#5b9ba6",
            "600": "#0f6170",
            "700": "#0b4e5a",
            "800": "#12343a",
            "900": "#0d2a2f",
            "950": "#06262b",
        },
    },
    "SIDEBAR": {"show_search": False, "navigation": "console.menu.build"},
    "ACCOUNT": {"navigation": "console.menu.account"},
    "LANGUAGES": {"action": "/langue", "navigation": []},
}
