"""A small Markdown, as HTML with the styles that mail programs understand, and as plain text.

Titles, paragraphs, bold, italics, links, lists, and frames (`>`). HTML in a text is shown, never
obeyed. The values come last, and escaped: a name that looks like a link is a name (R34, R38).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tenants.messaging.writing.liquid import is_code, unmark

Follow = Callable[[str], str]

_PARSER = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": False}).enable(
    ["heading", "list", "blockquote", "emphasis", "link", "newline", "escape"]
)
_NOTHING = Token("text", "", 0)
_BLANKS = re.compile(r"\n{3,}")
_MARGIN = "margin:0 0 14px;"
_STYLES = {
    "h1": (
        "margin:0 0 16px;font-size:28px;line-height:1.2;font-weight:600;letter-spacing:-0.02em;",
        "text big",
    ),
    "h2": ("margin:22px 0 10px;font-size:19px;line-height:1.3;font-weight:600;", "text"),
    "p": (_MARGIN, ""),
    "ul": (f"{_MARGIN}padding-left:22px;", ""),
    "ol": (f"{_MARGIN}padding-left:22px;", ""),
    "li": ("margin:0 0 6px;", ""),
    "blockquote": (
        "margin:18px 0;padding:14px 18px 1px;border:1px dashed #858e89;border-radius:12px;"
        "background:#f8f9f7;color:#17211f;",
        "code",
    ),
}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


@dataclass(frozen=True, slots=True)
class Written:
    """One text in both parts."""

    html: str
    text: str


def write(source: str, *, link_color: str, colon: str, follow: Follow = str) -> Written:
    """Both parts of a filled text. `follow` may lead links elsewhere; `colon` ends their names."""
    tokens = _PARSER.parse(source)
    html = _Html(link_color, follow)
    plain = _Plain(colon, follow)
    return Written(html=html.of(tokens), text=plain.of(tokens))


def inline(source: str) -> str:
    """A line without markup (a subject, a button): the values in place, nothing escaped."""
    return unmark(source)


def safe_address(address: str) -> str:
    """The address of a link where it is one that a reader may follow, else ""."""
    try:
        scheme = urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return ""
    return address.strip() if scheme in _SCHEMES else ""


class _Html:
    def __init__(self, link_color: str, follow: Follow) -> None:
        self.link_style = f"color:{link_color};"
        self.follow = follow
        self.open_links: list[bool] = []

    def of(self, tokens: Sequence[Token]) -> str:
        return "".join(
            '<strong class="key">'
            if token.type == "strong_open" and is_code(following.content)
            else self._one(token)
            for token, following in pairwise([*tokens, _NOTHING])
        )

    def _one(self, token: Token) -> str:
        if token.type == "inline":
            return self.of(token.children or [])
        if token.type == "text":
            return str(escape(unmark(token.content)))
        if token.type in ("softbreak", "hardbreak"):
            return "<br>"
        if token.type == "link_open":
            return self._link(token)
        if token.type == "link_close":
            return "</a>" if self.open_links.pop() else ""
        return self._tag(token)

    def _link(self, token: Token) -> str:
        address = safe_address(unmark(str(token.attrGet("href") or "")))
        self.open_links.append(bool(address))
        if not address:
            return ""
        href = escape(self.follow(address))
        return f'<a class="link" href="{href}" style="{self.link_style}">'

    def _tag(self, token: Token) -> str:
        if not token.tag or token.hidden:
            return ""
        tag = "h2" if token.tag in ("h3", "h4", "h5", "h6") else token.tag
        # Mail programs give a quotation margins and a bar of their own: a frame is a box.
        name = "div" if tag == "blockquote" else tag
        if token.nesting < 0:
            return f"</{name}>"
        style, css = _STYLES.get(tag, ("", ""))
        attributes = f' class="{css}"' if css else ""
        return f'<{name}{attributes} style="{style}">' if style else f"<{name}>"


class _Plain:
    def __init__(self, colon: str, follow: Follow) -> None:
        self.colon = colon
        self.follow = follow
        self.lists: list[int | None] = []
        self.addresses: list[str] = []

    def of(self, tokens: Sequence[Token]) -> str:
        text = "".join(self._one(token) for token in tokens)
        return _BLANKS.sub("\n\n", text).strip()

    def _one(self, token: Token) -> str:
        plain = {"softbreak": "\n", "hardbreak": "\n", "paragraph_close": "\n\n"}
        if token.type == "paragraph_close" and (self.lists or token.hidden):
            return "\n"
        if token.type in plain:
            return plain[token.type]
        if token.type == "inline":
            return "".join(self._one(child) for child in token.children or [])
        if token.type == "text":
            return unmark(token.content)
        return self._mark(token)

    def _mark(self, token: Token) -> str:
        if token.type == "link_open":
            address = safe_address(unmark(str(token.attrGet("href") or "")))
            self.addresses.append(self.follow(address) if address else "")
        elif token.type == "link_close":
            address = self.addresses.pop()
            return f"{self.colon}{address}" if address else ""
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            self.lists.append(1 if token.type.startswith("ordered") else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
            return "\n"
        elif token.type == "list_item_open":
            return self._bullet()
        elif token.type == "heading_close":
            return "\n\n"
        return ""

    def _bullet(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number}. "
