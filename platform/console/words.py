"""How the console writes states, sizes and health."""

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.selectors.health import Health
from shell import formats


def label(text: str | Promise, tone: str = "") -> SafeString:
    """A small coloured word; `tone` is success, info, warning, danger or nothing."""
    return format_html('<span class="c-label c-{}">{}</span>', tone or "plain", text)


def bytes_of(size: int) -> str:
    """`12,4 Mo`; a long dash for nothing."""
    if not size:
        return "—"
    names = (_("o"), _("ko"), _("Mo"), _("Go"), _("To"))
    value, unit = float(size), 0
    while value >= 1_000 and unit < len(names) - 1:
        value, unit = value / 1_000, unit + 1
    return f"{formats.number(round(value, 1), decimals=1 if unit else 0)}\u00a0{names[unit]}"


def health_words(found: Health) -> SafeString:
    """What is wrong with a merchant, or that nothing is."""
    if not found.has_schema:
        return format_html("{}", "—")
    said: list[tuple[str, str]] = []
    if found.missing:
        text = ngettext("%(n)s migration en attente", "%(n)s migrations en attente", found.missing)
        said.append((text % {"n": formats.number(found.missing)}, "warning"))
    if found.dead:
        text = ngettext("%(n)s envoi mort", "%(n)s envois morts", found.dead)
        said.append((text % {"n": formats.number(found.dead)}, "danger"))
    if found.late:
        text = ngettext("%(n)s envoi en retard", "%(n)s envois en retard", found.late)
        said.append((text % {"n": formats.number(found.late)}, "warning"))
    if not said:
        return label(_("Bonne"), "success")
    return format_html_join(" ", "{}", ((label(text, tone),) for text, tone in said))
