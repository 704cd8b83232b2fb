"""Every value that a text may name, with what it is called on screen."""

from django.utils.translation import gettext_lazy as _

from tenants.messaging.catalogue.shapes import Kind, Shape, Value

_ALL = (
    Value("greeting", _("Bonjour et le prénom"), Shape.MADE),
    Value("first_name", _("Prénom du lecteur")),
    Value("merchant", _("Nom de votre marque"), Shape.MADE),
    Value("space_url", _("Adresse de sa cagnotte"), Shape.MADE),
    Value("referral_url", _("Son lien de parrainage"), Shape.MADE),
    Value("shop_url", _("Adresse de votre boutique"), Shape.MADE),
    Value("referrer", _("Nom du parrain")),
    Value("referee", _("Prénom du filleul")),
    Value("amount", _("Montant"), Shape.AMOUNT),
    Value("minimum_order", _("Commande minimale"), Shape.AMOUNT),
    Value("balance", _("Solde de sa cagnotte"), Shape.AMOUNT),
    Value("due_on", _("Date de disponibilité"), Shape.DAY, "due_at"),
    Value("expires_on", _("Date limite"), Shape.DAY, "expires_at"),
    Value("code", _("Code"), Shape.CODE),
    Value("prize", _("Nom du lot")),
    Value("tier", _("Nom du palier")),
    Value("reward", _("Nom de la récompense")),
    Value("description", _("Description")),
    Value("reason", _("Raison")),
    Value("count", _("Nombre"), Shape.NUMBER),
    Value("for_referrer", _("Vrai si le lecteur est le parrain"), Shape.FLAG),
    Value("at_once", _("Vrai s’il n’y avait pas de délai à attendre"), Shape.FLAG),
    Value("partner", _("Nom du partenaire chez qui le bon s’utilise")),
    Value("list", _("Nom de la liste de codes")),
    Value("posted", _("Vrai si le lot part par courrier"), Shape.FLAG),
    Value("usable", _("Vrai si le code s’utilise tel quel"), Shape.FLAG),
    Value("for_tier", _("Vrai si un palier vient d’être atteint"), Shape.FLAG),
    Value("coupon", _("Code du cadeau de bienvenue"), Shape.CODE),
    Value("friend", _("Prénom de l’autre personne")),
    Value("operation", _("Titre de l’opération")),
    Value("organisers", _("Marque qui organise l’opération, et celles qui y prennent part")),
    Value("played", _("Ce à quoi la personne a joué")),
    Value("result", _("Ce que sa participation a donné")),
    Value("choices_url", _("Adresse de la page de ses accords"), Shape.MADE),
    Value("result_url", _("Adresse de la page de son résultat"), Shape.MADE),
    Value("proof_url", _("Adresse de la preuve du tirage"), Shape.MADE),
    Value("details", _("Description du lot, à côté de la façon dont il parvient")),
    Value("says_how", _("Vrai si vous avez écrit comment le lot parvient"), Shape.FLAG),
    Value("substitute", _("Vrai pour un suppléant"), Shape.FLAG),
    Value("brands", _("Marques qui peuvent lui écrire")),
    Value("score", _("Bonnes réponses, par exemple 4 sur 5")),
    Value("passed", _("Vrai si le quiz est réussi"), Shape.FLAG),
    Value("by_draw", _("Vrai pour un tirage au sort"), Shape.FLAG),
    Value("for_account", _("Vrai si l’ouverture d’un compte est récompensée"), Shape.FLAG),
    Value("for_session", _("Vrai si une séance est récompensée"), Shape.FLAG),
    Value("connection", _("Nom de la connexion")),
    Value("last_on", _("Date de la dernière réception"), Shape.DAY, "last_at"),
    Value("office_url", _("Adresse de la page à ouvrir"), Shape.MADE),
    Value("taken", _("Montant repris"), Shape.AMOUNT),
    Value("for_reset", _("Vrai pour une remise à zéro"), Shape.FLAG),
    Value("for_customers", _("Vrai pour la limite de clients"), Shape.FLAG),
    Value("for_emails", _("Vrai pour la limite d’e-mails"), Shape.FLAG),
    Value("for_operations", _("Vrai pour la limite d’opérations en ligne"), Shape.FLAG),
    Value("for_team", _("Vrai pour la limite de membres de l’équipe"), Shape.FLAG),
    Value("at_limit", _("Vrai si la limite est atteinte"), Shape.FLAG),
    Value("used", _("Nombre utilisé"), Shape.NUMBER),
    Value("most", _("Nombre que la formule permet"), Shape.NUMBER),
    Value("campaign", _("Nom de la campagne")),
    Value("brand", _("Nom de la marque partenaire")),
    Value("operations", _("Opérations en vue avec cette marque, leurs dates et leur état")),
    Value("by", _("Personne qui invite")),
    Value("has_office", _("Vrai si le lecteur a déjà un back-office"), Shape.FLAG),
    Value("has_accepted", _("Vrai si l’autre marque a accepté ce texte de l’accord"), Shape.FLAG),
    Value("former_brand", _("Nom de la marque que vous aviez choisie")),
    Value("was_active", _("Vrai si le partenariat est déjà en cours"), Shape.FLAG),
    Value("all_set", _("Vrai si les deux marques ont accepté l’accord"), Shape.FLAG),
    Value("was_declined", _("Vrai si la proposition a été refusée"), Shape.FLAG),
    Value("was_withdrawn", _("Vrai si la proposition a été retirée"), Shape.FLAG),
    Value("waits_for_you", _("Vrai si la marque n’a pas accepté l’accord"), Shape.FLAG),
    Value("waits_for_brand", _("Vrai si l’autre marque n’a pas accepté l’accord"), Shape.FLAG),
    Value("participants", _("Nombre de participants"), Shape.NUMBER),
    Value("optins", _("Nombre d’accords donnés à votre marque"), Shape.NUMBER),
    Value("new_profiles", _("Nombre de nouveaux profils"), Shape.NUMBER),
    Value("left", _("Nombre de personnes qui ont retiré leur accord"), Shape.NUMBER),
    Value("has_optins", _("Vrai si des personnes ont accepté vos offres"), Shape.FLAG),
    Value("by_hand", _("Vrai si vous l’avez fait à la main"), Shape.FLAG),
)
VALUES: dict[str, Value] = {value.name: value for value in _ALL}
EVERYWHERE = ("greeting", "first_name", "merchant", "shop_url")


def values_of(kind: Kind) -> list[Value]:
    """The values of a kind, its own first, then those that every email has."""
    names = list(kind.values)
    if kind.target and kind.target not in names:
        names.append(kind.target)
    return [VALUES[name] for name in (*names, *EVERYWHERE) if name in VALUES]
