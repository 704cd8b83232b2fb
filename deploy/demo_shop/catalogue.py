"""What the shop sells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """`price` is in cents of EUR, tax included; `drawing` is the body of a 200×200 SVG."""

    slug: str
    name: str
    kind: str
    price: int
    text: str
    drawing: str


PRODUCTS = (
    Product(
        "halo",
        "Halo",
        "Lampe à poser",
        8_400,
        "Un anneau de verre soufflé posé sur un pied de laiton. Sa lumière se règle du bout du "
        "doigt, de la veilleuse à la lecture.",
        '<circle cx="100" cy="84" r="48" class="glow"/>'
        '<circle cx="100" cy="84" r="38" class="line"/>'
        '<path d="M100 122v38M72 164h56" class="line"/>',
    ),
    Product(
        "brume",
        "Brume",
        "Suspension",
        14_900,
        "Trois calottes de papier japonais, cousues à la main, qui adoucissent la lumière d’une "
        "table de huit personnes.",
        '<path d="M40 122a60 60 0 0 1 120 0z" class="glow"/>'
        '<path d="M100 20v42M40 122a60 60 0 0 1 120 0zM56 122q44 22 88 0" class="line"/>',
    ),
    Product(
        "veille",
        "Veille",
        "Lampe de chevet",
        6_200,
        "Un galet de grès émaillé. Elle s’éteint seule au bout d’une heure, si vous le voulez.",
        '<ellipse cx="100" cy="118" rx="62" ry="40" class="glow"/>'
        '<ellipse cx="100" cy="118" rx="62" ry="40" class="line"/>'
        '<path d="M72 104q28-22 56 0" class="line"/>',
    ),
    Product(
        "fil",
        "Fil",
        "Lampadaire",
        22_900,
        "Une tige d’acier noir, un abat-jour de lin. Il tient dans un angle et éclaire la pièce.",
        '<path d="M66 40h68l16 46H50z" class="glow"/>'
        '<path d="M66 40h68l16 46H50zM100 86v86M76 174h48" class="line"/>',
    ),
    Product(
        "cedre",
        "Cèdre et fumée",
        "Bougie parfumée",
        3_400,
        "Cire de colza, mèche de coton, cinquante heures. Coulée à Angers par lots de soixante.",
        '<rect x="62" y="92" width="76" height="80" rx="6" class="glow"/>'
        '<path d="M62 92h76v80H62zM100 92V74" class="line"/>'
        '<path d="M100 74q-14-16 0-36 14 20 0 36z" class="line"/>',
    ),
    Product(
        "trio",
        "Trio d’hiver",
        "Coffret de bougies",
        5_800,
        "Figue verte, thé noir, bois de cade : trois petites bougies dans une boîte à garder.",
        '<path d="M36 112h36v60H36zM82 92h36v80H82zM128 122h36v50h-36z" class="glow"/>'
        '<path d="M36 112h36v60H36zM82 92h36v80H82zM128 122h36v50h-36zM54 112V96M100 92V76'
        'M146 122v-16" class="line"/>',
    ),
)
BY_SLUG = {product.slug: product for product in PRODUCTS}
FREE_DELIVERY_FROM = 3_900
DELIVERY = 490


def delivery_for(subtotal: int) -> int:
    """The delivery's price in cents, for goods of this price."""
    return 0 if subtotal >= FREE_DELIVERY_FROM or subtotal == 0 else DELIVERY
