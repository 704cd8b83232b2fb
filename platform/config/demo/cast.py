"""The people and goods of the demo."""

import random
import unicodedata
from typing import Any

# Those who appear in the screenshots come first, so that they exist whatever the numbers.
NAMED = [
    ("Sophie", "Delmas", "f"),
    ("Camille", "Rouvière", "f"),
    ("Nadia", "Ferrand", "f"),
    ("Julien", "Marchetti", "m"),
    ("Awa", "Diallo", "f"),
    ("Hugo", "Lassalle", "m"),
    ("Marc", "Tissier", "m"),
    ("Thomas", "Guérin", "m"),
    ("Inès", "Bellamy", "f"),
    ("Léa", "Fontanel", "f"),
    ("Karim", "Benali", "m"),
    ("Margaux", "Périn", "f"),
]
_FIRST_F = (
    "Alice Anaïs Aurélie Béatrice Capucine Cécile Chloé Clémence Diane Élodie Émilie Fatou "
    "Florence Gaëlle Hélène Isabelle Jade Jeanne Juliette Lucie Manon Marion Mathilde Maud "
    "Nina Océane Pauline Rania Sarah Solène Valérie Yasmine Zoé"
).split()
_FIRST_M = (
    "Adrien Alexandre Antoine Bastien Benoît Damien Étienne Florian Gabriel Grégoire "
    "Guillaume Ismaël Jérôme Joachim Léo Loïc Louis Lucas Malik Mathieu Maxime Nicolas "
    "Olivier Paul Pierre Quentin Rémi Romain Samuel Sébastien Théo Victor Yann"
).split()
_LAST = (
    "Albert Aubry Baron Besson Blanchard Bonnet Bouvier Brunet Carpentier Chevallier Colin "
    "Cousin Delorme Deschamps Dufour Dupuis Fabre Faure Fleury Garnier Gauthier Giraud "
    "Guillot Haddad Hamel Jacquet Joly Kone Lacroix Lambert Lebrun Leclercq Lefort Lemaire "
    "Lopez Marchal Masson Mercier Meunier Moreau Nguyen Noël Olivier Payet Perrot Picard "
    "Poirier Prevost Renaud Rey Rivière Roussel Roy Sanchez Schmitt Simon Texier Tran Vidal "
    "Weber"
).split()

PRIZES: list[dict[str, Any]] = [
    {"name": "Bougie Aube 190 g", "cost": 2000, "icon": "candle", "kind": "gift", "stock": 40,
     "description": "Cire de colza, mèche en coton, 45 heures."},
    {"name": "Bon d’achat de 30 €", "cost": 3000, "icon": "ticket", "kind": "voucher",
     "value": 3000, "valid_days": 365, "description": "Valable un an sur toute la boutique."},
    {"name": "Lampe Halo", "cost": 6000, "icon": "lamp", "kind": "post", "stock": 6,
     "description": "Lampe à poser en verre soufflé, envoyée chez vous."},
    {"name": "Deux places de cinéma", "cost": 2400, "icon": "ticket", "kind": "post", "stock": 25,
     "description": "Envoyées par courrier."},
]  # fmt: skip


def people(rng: random.Random, count: int) -> list[dict[str, str]]:
    """`count` different customers: first and last name, gender, email."""
    seen: set[tuple[str, str]] = set()
    cast = []
    for number in range(count):
        if number < len(NAMED):
            first, last, gender = NAMED[number]
        else:
            while True:
                gender = rng.choice("fffm")
                first = rng.choice(_FIRST_F if gender == "f" else _FIRST_M)
                last = rng.choice(_LAST)
                if (first, last) not in seen:
                    break
        seen.add((first, last))
        cast.append(
            {
                "first_name": first,
                "last_name": last,
                "gender": gender,
                "email": f"{_plain(first)}.{_plain(last)}@exemple.fr",
            }
        )
    return cast


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKD", name.lower())
    return "".join(char for char in text if char.isalnum())


EXPLANATION = """\
# Votre fidélité, en lumière

Chaque commande remplit un peu votre **cagnotte**. Elle sert sur la commande suivante, sans
code à retenir.

- Parrainez un proche : vous y gagnez tous les deux.
- Choisissez un lot de l’atelier, ou enlevez quelques euros à votre commande.

Une question ? Écrivez-nous : [bonjour@maison-lumen.example](mailto:bonjour@maison-lumen.example).
"""
