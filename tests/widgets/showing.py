"""A widget for an operation as the server says it, for the double of our server to answer."""

from typing import Any

from widgets.display import bundle

WIDGET = "wdg_01jd0000000000000000000000"
_FR = {
    "label": "Gagnez une lampe Halo",
    "title": "Gagnez une lampe Halo et six mois de café",
    "text": "Tirage au sort le 8 décembre, gratuit et sans obligation d’achat.",
    "action": "Participer au tirage",
    "close": "Fermer",
    "made": "Proposé avec",
    "tab": "nouvel onglet",
}
_EN = {
    "label": "Win a Halo lamp",
    "title": "Win a Halo lamp and six months of coffee",
    "text": "Drawn on 8 December, free of charge.",
    "action": "Take part",
    "close": "Close",
    "made": "Powered by",
    "tab": "new tab",
}
SHOW: dict[str, Any] = {
    "id": WIDGET,
    "form": "popup",
    "lang": "fr",
    "words": {"fr": _FR, "en": _EN},
    "url": "http://127.0.0.1:9/o/automne?s=signed#part-mod_1",
    "brands": [["BN", "", ""], ["ML", "#e5a83b", "#1e1503"]],
    "side": "right",
    "when": "now",
    "after": 0,
    "keep": 7,
    "told": "/w/d1",
    "colors": {
        "brand": "#1f5c43",
        "brand_ink": "#ffffff",
        "text_light": "#1f5c43",
        "text_dark": "#8ccbb0",
    },
}
TITLE, ACTION, LABEL = _FR["title"], _FR["action"], _FR["label"]
SPOT = f'<p>Avant<div data-ricochet="{WIDGET}"></div><p>Après'


# What had happened to the page's layout so far, as browsers sum it up.
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) sum += e.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 300);
})"""


def entry(**changes: Any) -> dict[str, Any]:
    """One entry of `/w/widgets.json`; `words` changes the French ones."""
    packed = bundle.current()
    words = {**SHOW["words"], "fr": {**_FR, **changes.pop("words", {})}}
    return {
        "src": f"/w/d1.{packed.digest}.js",
        "integrity": packed.integrity,
        "show": {**SHOW, "words": words, **changes},
    }
