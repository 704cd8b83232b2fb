"""The one line that a site takes, as the back office gives it to be copied (PA-16)."""

from tenants.addresses import origin
from tenants.context import current_tenant
from widgets.models import Site
from widgets.script.bundle import current


def line_of(site: Site) -> str:
    """Pinned by its hash (R35): it keeps referral links, and brings every widget."""
    bundle = current()
    return (
        f'<script src="{origin(current_tenant())}/w/v1.{bundle.digest}.js"'
        f' integrity="{bundle.integrity}" crossorigin="anonymous"'
        f' data-key="{site.public_key}" async></script>'
    )


def tag_of(site: Site) -> str:
    """The same for a tag manager, which drops attributes that it does not know."""
    bundle = current()
    return (
        "<script>(function(){var s=document.createElement('script');"
        f"s.src='{origin(current_tenant())}/w/v1.{bundle.digest}.js';"
        f"s.integrity='{bundle.integrity}';s.crossOrigin='anonymous';s.async=true;"
        f"s.setAttribute('data-key','{site.public_key}');document.head.appendChild(s)}})()</script>"
    )
