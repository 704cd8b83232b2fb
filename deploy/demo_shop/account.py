"""The pages of a customer's account at the shop."""

from html import escape

from deploy.demo_shop.orders import Order
from deploy.demo_shop.pages import euros, fact, field

# Where a log-in may lead: nowhere else (an address in the form is somebody else's idea).
PLACES = {"compte": "/compte", "commande": "/commande", "cagnotte": "/compte/cagnotte"}


def log_in(error: str, *, email: str, back: str) -> str:
    """Asks for the address; a code is sent to it."""
    return f"""<h1>Se connecter</h1>
<p>Nous vous envoyons un code de six chiffres, sans mot de passe.</p>
<form method="post" action="/connexion">{_alert(error)}
{field("Adresse e-mail", "email", {"email": email}, "email", kind="email")}
<input type="hidden" name="retour" value="{escape(back)}">
<button>Recevoir mon code</button></form>
<p class="small">Pas encore de compte\u202f? <a href="/compte/creer">Créer un compte</a></p>"""


def code(error: str, *, ticket: str, back: str) -> str:
    """Asks for the six digits."""
    return f"""<h1>Regardez vos e-mails</h1>{code_form(error, ticket=ticket, back=back)}
<p class="small">Rien reçu\u202f? <a href="/connexion">Demander un autre code</a></p>"""


def code_form(error: str, *, ticket: str, back: str) -> str:
    return f"""<form method="post" action="/connexion/code">{_alert(error)}
<label class="field">Code à six chiffres<input name="code" inputmode="numeric" maxlength="12"
 autocomplete="one-time-code" required></label>
<input type="hidden" name="billet" value="{escape(ticket)}">
<input type="hidden" name="retour" value="{escape(back)}">
<button>Me connecter</button></form>"""


def home(email: str, orders: list[Order]) -> str:
    """The account: the way into the cagnotte, the orders, the way out."""
    rows = "".join(
        f'<tr><th scope="row">{escape(order.id)}</th><td>{euros(order.amount)}</td></tr>'
        for order in orders
    )
    listing = f"<table>{rows}</table>" if rows else "<p>Aucune commande pour l’instant.</p>"
    return f"""<h1>Mon compte</h1><p>Connecté avec <strong>{escape(email)}</strong>.</p>
<p><a class="button" href="/compte/cagnotte">Ouvrir ma cagnotte</a></p>
<h2>Mes commandes</h2>{listing}
<form method="post" action="/deconnexion"><button class="plain">Me déconnecter</button></form>"""


def create(error: str, values: dict[str, str]) -> str:
    return f"""<h1>Créer un compte</h1><p>Pour suivre vos commandes et parrainer vos proches.</p>
<form method="post" action="/compte/creer">{_alert(error)}
{field("Prénom", "first_name", values, "given-name")}
{field("Nom", "last_name", values, "family-name")}
{field("Adresse e-mail", "email", values, "email", kind="email")}
{field("Code de parrainage", "code", values, "off", optional=True)}
<button>Créer mon compte</button></form>"""


def created(values: dict[str, str], *, ticket: str) -> str:
    """The account is there; whoever reads its address's mail may enter."""
    facts = {**values, "customer_id": values["email"].casefold()}
    form = code_form("", ticket=ticket, back="compte") if ticket else ""
    return f"""<h1>Bienvenue {escape(values["first_name"])}</h1>
<p>Votre compte est créé. Nous vous avons écrit\u00a0: le code de cet e-mail vous connecte.</p>
{form}{fact("account", facts)}
<p><a href="/">Voir les lampes et les bougies</a></p>"""


def _alert(error: str) -> str:
    return f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
