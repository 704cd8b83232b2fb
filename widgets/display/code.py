"""How the line is placed on a site, for the usual kinds of sites (PA-16)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from widgets.models import Site
from widgets.script.line import tag_of


@dataclass(frozen=True, slots=True)
class Guide:
    """Where the line goes on one kind of site."""

    name: str
    steps: tuple[str, ...]
    line: str = ""


def guides(site: Site) -> list[Guide]:
    """The kinds of sites that people have; `line` where they take another than the usual."""
    return [
        Guide("WordPress", _wordpress()),
        Guide("Shopify", _shopify()),
        Guide("PrestaShop", _prestashop()),
        Guide("Google Tag Manager", _tag_manager(), tag_of(site)),
        Guide("HTML", _html()),
    ]


def _wordpress() -> tuple[str, ...]:
    return (
        _("Dans l’administration, ouvrez Extensions > Ajouter, puis installez WPCode."),
        _("Ouvrez Code Snippets > Header & Footer et collez la ligne dans « Header »."),
        _("Enregistrez, et videz le cache si vous en utilisez un."),
    )


def _shopify() -> tuple[str, ...]:
    return (
        _("Ouvrez Boutique en ligne > Thèmes, puis « Modifier le code » dans le menu du thème."),
        _("Dans layout/theme.liquid, collez la ligne juste avant </head>."),
        _("Enregistrez."),
    )


def _prestashop() -> tuple[str, ...]:
    return (
        _("Ouvrez Modules > Gestionnaire de modules et installez un module de code d’en-tête."),
        _("Collez la ligne dans l’en-tête, pour toutes les pages."),
        _("Videz le cache : Paramètres avancés > Performances."),
    )


def _tag_manager() -> tuple[str, ...]:
    return (
        _("Créez une balise « HTML personnalisé » et collez-y cette ligne."),
        _("Choisissez le déclencheur « Toutes les pages »."),
        _("Envoyez la version. Un widget intégré demande aussi son emplacement dans la page."),
    )


def _html() -> tuple[str, ...]:
    return (
        _("Collez la ligne dans chaque page, juste avant </head>."),
        _(
            "Si votre site a une Content-Security-Policy, ajoutez notre adresse à script-src et à"
            " connect-src, et le nom ricochet à trusted-types s’il y est."
        ),
        _(
            "Si elle interdit les styles en ligne, donnez sa hauteur à l’emplacement d’un widget"
            " intégré dans votre feuille de style."
        ),
    )
