"""The house's icons: an 18 px grid, stroke 1.7, drawn inline so that they take the text's colour."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_PATHS: dict[str, str] = {
    "home": '<path d="M2.8 8.2 9 2.8l6.2 5.4v6.3a.9.9 0 0 1-.9.9H3.7a.9.9 0 0 1-.9-.9z"/><path d="M7 15.2v-4.4h4v4.4"/>',
    "inbox": '<path d="M2.5 10.2 4.6 3.6h8.8l2.1 6.6v4.2a.9.9 0 0 1-.9.9H3.4a.9.9 0 0 1-.9-.9z"/><path d="M2.6 10.3h3.6c.3 1.3 1.3 2 2.8 2s2.5-.7 2.8-2h3.6"/>',
    "users": '<circle cx="6.8" cy="6" r="2.8"/><path d="M1.8 15c.3-2.8 2.2-4.4 5-4.4s4.7 1.6 5 4.4"/><path d="M11.8 3.500a2.7 2.7 0 0 1 0 5.100M13.5 10.900c1.6.6 2.5 2 2.7 4.1"/>',
    "user": '<circle cx="9" cy="6" r="3"/><path d="M3.4 15.400c.3-3 2.5-4.7 5.6-4.700s5.3 1.7 5.6 4.7"/>',
    "hops": '<path d="M1.5 13A3.6 6 0 0 1 8.7 13A2.4 4 0 0 1 13.5 13"/><circle class="dot" cx="15.7" cy="7.6" r="1.3" fill="currentColor" stroke="none"/>',
    "star": '<path d="m9 2.3 2.1 4.3 4.7.7-3.4 3.3.8 4.700L9 13.100l-4.2 2.2.8-4.7-3.4-3.3 4.7-.700z"/>',
    "gift": '<path d="M2.5 6h13v3h-13zM3.6 9h10.800v6.300H3.600zM9 6v9.3"/><path d="M9 6C7.3 6 5.3 5.4 5.3 3.900S7.9 2.3 9 6c1.1-3.7 3.7-3.6 3.7-2.100S10.7 6 9 6z"/>',
    "rings": '<circle cx="6.7" cy="9" r="4.5"/><circle cx="11.3" cy="9" r="4.5"/>',
    "window": '<rect x="2.3" y="3" width="13.4" height="12" rx="2"/><path d="M2.3 6.600h13.400M9.8 10.700h3.2"/>',
    "mail": '<rect x="2.3" y="3.6" width="13.4" height="10.8" rx="2"/><path d="m2.8 5 6.2 5 6.2-5"/>',
    "help": '<circle cx="9" cy="9" r="6.7"/><path d="M7 7.200c.1-1.1.9-1.8 2-1.800s2 .7 2 1.700c0 1.4-2 1.5-2 2.900M9 12.600v.1"/>',
    "sliders": '<path d="M2.3 5h7M13 5h2.700M2.3 9h2.200M8.2 9h7.500M2.3 13h5.700M11.7 13h4"/><circle cx="11.1" cy="5" r="1.8"/><circle cx="6.3" cy="9" r="1.8"/><circle cx="9.8" cy="13" r="1.8"/>',
    "search": '<circle cx="7.9" cy="7.9" r="4.9"/><path d="m11.6 11.6 3.7 3.7"/>',
    "clock": '<circle cx="9" cy="9" r="6.7"/><path d="M9 5.200V9l2.6 1.7"/>',
    "plus": '<path d="M9 3.500v11M3.5 9h11"/>',
    "download": '<path d="M9 2.800v8.400M5.6 8 9 11.3 12.4 8M3 15h12"/>',
    "upload": '<path d="M9 11.300V2.900M5.6 6.1 9 2.800l3.4 3.300M3 15h12"/>',
    "check": '<path d="m3.6 9.5 3.5 3.5 7.3-8"/>',
    "cross": '<path d="m4.6 4.6 8.8 8.800M13.4 4.600l-8.8 8.8"/>',
    "dash": '<path d="M4 9h10"/>',
    "triangle": '<path d="M9 2.7 16 15H2z"/><path d="M9 7.200v3.500M9 12.900v.1"/>',
    "info": '<circle cx="9" cy="9" r="6.7"/><path d="M9 8.300v4M9 5.500v.1"/>',
    "copy": '<rect x="6" y="6" width="9" height="9" rx="1.8"/><path d="M3.9 11.700H3.600a1 1 0 0 1-1-1V3.900c0-.7.6-1.3 1.3-1.300h6.800a1 1 0 0 1 1 1v.3"/>',
    "share": '<path d="M9 11V2.600M5.9 5.5 9 2.500l3.1 3M5.5 8H4v7.200h10V8h-1.5"/>',
    "link": '<path d="M7.6 10.400a3.2 3.2 0 0 0 4.5 0l2.5-2.500a3.2 3.2 0 0 0-4.5-4.500L9 4.5"/><path d="M10.4 7.600a3.2 3.2 0 0 0-4.5 0l-2.5 2.500a3.2 3.2 0 0 0 4.5 4.500L9 13.5"/>',
    "whatsapp": '<path d="M2.6 15.4 3.5 12a6.6 6.6 0 1 1 2.6 2.500z"/><path d="M6.7 6.300c0 2.8 2.2 5 5 5l.5-1.5-1.7-.8-.8.7c-.8-.3-1.3-.9-1.6-1.600l.6-.8-.7-1.600z" stroke-width="1.2"/>',
    "sms": '<path d="M2.5 4.600c0-.7.5-1.2 1.2-1.200h10.600c.7 0 1.2.5 1.2 1.200v6.800c0 .7-.5 1.2-1.2 1.200H7.600l-3.2 2.800v-2.800h-.7c-.7 0-1.2-.5-1.2-1.200z"/><path d="M6 8h.1M9 8h.1M12 8h.1"/>',
    "qr": '<path d="M2.8 2.800h4.600v4.600H2.800zM10.6 2.800h4.600v4.600h-4.600zM2.8 10.600h4.600v4.600H2.800zM10.6 10.600h1.600v1.600h-1.600zM15.2 10.600v1.800M13 15.200h2.200M10.6 15.200v-.6"/>',
    "box": '<path d="M9 2.3 15.3 5.500v7L9 15.700l-6.3-3.200v-7z"/><path d="m2.9 5.6 6.1 3.2 6.1-3.200M9 8.800v6.7"/>',
    "shield": '<path d="M9 2.3 14.8 4.400v4.200c0 3.3-2.2 5.8-5.8 7.1-3.6-1.3-5.8-3.8-5.8-7.100V4.400z"/><path d="M9 6.200v3M9 11.600v.1"/>',
    "euro": '<path d="M14 4.600A5.3 5.3 0 0 0 5.2 9a5.3 5.3 0 0 0 8.8 4.400M3 7.600h7M3 10.400h7"/>',
    "chevron-down": '<path d="m4.8 7 4.2 4.200L13.2 7"/>',
    "chevron-up": '<path d="M4.8 11 9 6.800l4.2 4.2"/>',
    "chevron-left": '<path d="M11 4.8 6.8 9l4.2 4.2"/>',
    "chevron-right": '<path d="M7 4.8 11.2 9 7 13.2"/>',
    "updown": '<path d="m6 7 3-3 3 3M6 11l3 3 3-3"/>',
    "dots": '<path d="M4 9h.01M9 9h.01M14 9h.01" stroke-width="2.2"/>',
    "menu": '<path d="M2.8 4.800h12.400M2.8 9h12.400M2.8 13.200h12.4"/>',
    "tag": '<path d="M2.6 3.600v5l6.7 6.7 6-6L8.6 2.600h-5a1 1 0 0 0-1 1z"/><path d="M6 6h.01" stroke-width="2.2"/>',
    "document": '<path d="M4 2.500h6.300L14 6.200v9.300H4z"/><path d="M10.1 2.700v3.700h3.7"/>',
    "trash": '<path d="M3 5h12M7 5V3h4v2M4.5 5l.7 10.300h7.600L13.5 5M7.5 8v4.500M10.5 8v4.5"/>',
    "edit": '<path d="M11.3 3.6 14.4 6.7 6.5 14.600l-3.7.6.6-3.700z"/>',
    "logout": '<path d="M7 2.800H3.600v12.400H7M11 5.8 14.2 9 11 12.200M14 9H7"/>',
    "key": '<circle cx="6" cy="12" r="3.3"/><path d="m8.4 9.6 6.3-6.300M12 6l2 2"/>',
    "lock": '<rect x="3.6" y="8" width="10.8" height="7.4" rx="1.8"/><path d="M6 8V5.800a3 3 0 0 1 6 0V8"/>',
    "eye": '<path d="M1.8 9C3.5 5.8 6 4.2 9 4.200S14.5 5.8 16.2 9c-1.7 3.2-4.2 4.8-7.2 4.800S3.5 12.2 1.8 9z"/><circle cx="9" cy="9" r="2.2"/>',
    "cart": '<path d="M1.8 3h2l1.8 8.200h7.700L15 5.600H4.5"/><circle cx="6.6" cy="14.2" r="1.1"/><circle cx="12.2" cy="14.2" r="1.1"/>',
    "ticket": '<path d="M2.3 4.600h13.400v3a1.5 1.5 0 0 0 0 2.900v3H2.300v-3a1.5 1.5 0 0 0 0-2.900z"/><path d="M9 7v4"/>',
    "calendar": '<rect x="2.6" y="3.8" width="12.8" height="11.6" rx="2"/><path d="M2.6 7.400h12.800M6 2.300v3M12 2.300v3"/>',
    "refresh": '<path d="M14.7 8A5.9 5.9 0 0 0 3.9 6.100M3.3 10a5.9 5.9 0 0 0 10.8 1.9"/><path d="M3.7 2.900v3.300H7M14.3 15.100v-3.300H11"/>',
    "undo": '<path d="M6.3 3.6 2.9 7l3.4 3.400M3.2 7h7.300a4 4 0 0 1 0 8H7.6"/>',
    "filter": '<path d="M2.6 4h12.800l-5 6v5l-2.8-1.500V10z"/>',
    "sun": '<circle cx="9" cy="9" r="3"/><path d="M9 1.800v1.400M9 14.800v1.400M1.8 9h1.400M14.8 9h1.400M3.9 3.900l1 1M13.1 13.100l1 1M14.1 3.900l-1 1M4.9 13.100l-1 1"/>',
    "moon": '<path d="M15 10.700A6.5 6.5 0 0 1 7.3 3a6.5 6.5 0 1 0 7.7 7.700z"/>',
    "globe": '<circle cx="9" cy="9" r="6.7"/><path d="M2.3 9h13.400M9 2.300c3.8 4 3.8 9.4 0 13.4-3.8-4-3.8-9.4 0-13.400z"/>',
    "arrow-up-right": '<path d="M5 13 13 5M6.5 5H13v6.5"/>',
    "arrow-down-right": '<path d="m5 5 8 8M6.5 13H13V6.5"/>',
    "external": '<path d="M8 3.500H3.500v11h11V10M11 3h4v4M14.8 3.2 8.5 9.5"/>',
    "candle": '<path d="M5.7 9.500h6.600v6H5.700zM9 9.500V8M9 2.300c1.5 1.6 1.9 2.5 1.9 3.400a1.9 1.9 0 0 1-3.8 0c0-.9.4-1.8 1.9-3.400z"/>',
    "lamp": '<path d="M6 2.500h6l2.4 6H3.600zM9 8.500v6.800M6 15.400h6"/>',
}

_GLYPHS: dict[str, str] = {
    "live": '<circle cx="5" cy="5" r="4.2"/><circle class="full" cx="5" cy="5" r="1.9"/>',
    "tick": '<path d="m1.3 5.4 2.5 2.5 5-5.5"/>',
    "dot": '<circle class="full" cx="5" cy="5" r="4"/>',
    "ring": '<circle cx="5" cy="5" r="3.9"/>',
    "dash": '<path d="M1.2 5h7.6"/>',
    "triangle": '<path class="full" d="M5 .8 9.6 9H.4z"/>',
    "half": '<circle cx="5" cy="5" r="4.1"/><path class="full" d="M5 .9a4.1 4.1 0 0 1 0 8.200z"/>',
    "cross": '<path d="m1.7 1.7 6.6 6.600M8.3 1.7 1.7 8.3"/>',
}


def names() -> list[str]:
    """Every icon's name, for the components page."""
    return sorted(_PATHS)


def icon(name: str, extra: str = "") -> SafeString:
    """An inline, decorative icon; an unknown name raises KeyError so that a typing slip shows."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 18 18" aria-hidden="true" focusable="false">{}</svg>',
        f" {extra}" if extra else "",
        mark_safe(_PATHS[name]),  # noqa: S308  drawings of this file
    )


def glyph(name: str) -> SafeString:
    """The 10 px shape that a state wears beside its colour."""
    return format_html(
        '<svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_GLYPHS[name]),  # noqa: S308  drawings of this file
    )
