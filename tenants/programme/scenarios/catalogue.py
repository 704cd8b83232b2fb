"""The ready-made scenarios, in the order of the page, and the words of each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.features import Feature
from tenants.messaging import permission
from tenants.messaging import scenarios as stored
from tenants.programme.scenarios import customers, friends
from tenants.programme.scenarios.shapes import Spec

# So many reminders and campaigns to one person in thirty days, all scenarios together.
MOST_A_MONTH = 4

_BOUGHT = _("la personne achète")
_LEFT = _("elle se désinscrit ou ne veut plus de rappels, ou son adresse refuse nos messages")
_OFTEN = _("elle a déjà reçu quatre messages en trente jours")
_FORGOTTEN = _("l’invitation est oubliée, au bout de 60 jours")

SPECS: dict[str, Spec] = {
    spec.key: spec
    for spec in (
        Spec(
            "share",
            name=_("Invitez vos proches"),
            who=_("Aux clients qui viennent d’acheter et n’ont encore invité personne."),
            anchor=_("Achat"),
            find=customers.find_share,
            speak=customers.speak_share,
            stops=(_("la personne invite quelqu’un ou partage son lien"), _LEFT, _OFTEN),
            feature=Feature.REFERRAL,
        ),
        Spec(
            "balance",
            name=_("Cagnotte à utiliser"),
            who=_("Aux clients dont la cagnotte attend depuis leur dernier achat."),
            anchor=_("Dernier achat"),
            find=customers.find_balance,
            speak=customers.speak_balance,
            stops=(_BOUGHT, _("la cagnotte est vide"), _LEFT, _OFTEN),
        ),
        Spec(
            "soon",
            name=_("Bientôt disponible"),
            who=_("Aux clients dont une récompense arrive dans quelques jours."),
            anchor=_("Récompense disponible"),
            find=customers.find_soon,
            speak=customers.speak_soon,
            stops=(_("la récompense est reprise ou refusée"), _LEFT, _OFTEN),
            before=True,
        ),
        Spec(
            "expiry",
            name=_("Cagnotte qui expire"),
            who=_("Aux clients dont une partie de la cagnotte va expirer."),
            anchor=_("Expiration"),
            find=customers.find_expiry,
            speak=customers.speak_expiry,
            stops=(_("le montant est utilisé"), _LEFT, _OFTEN),
            before=True,
        ),
        Spec(
            "invited",
            name=_("Invitation restée fermée"),
            who=_("Aux proches invités qui n’ont pas ouvert leur invitation."),
            anchor=_("Invitation"),
            find=friends.find_invited,
            speak=friends.speak_invited,
            stops=(_("le proche vient voir, achète ou est refusé"), _LEFT, _FORGOTTEN),
            friends=True,
            feature=Feature.REFERRAL,
        ),
        Spec(
            "clicked",
            name=_("Venu voir sans acheter"),
            who=_("Aux proches invités qui sont venus sans acheter."),
            anchor=_("Visite"),
            find=friends.find_clicked,
            speak=friends.speak_clicked,
            stops=(_("le proche achète ou est refusé"), _LEFT, _FORGOTTEN),
            friends=True,
            feature=Feature.REFERRAL,
        ),
    )
}

STOPS: dict[str, str | Promise] = {
    "shared": _("Ont invité"),
    "bought": _("Ont acheté"),
    "used": _("Cagnotte utilisée"),
    "over": _("Plus rien à annoncer"),
    "clicked": _("Sont venus voir"),
    "referred": _("Déjà parrainés ou refusés"),
    "forgotten": _("Invitation oubliée"),
    "already": _("Déjà relancés"),
    "too_many": _("Assez de messages ce mois-ci"),
    stored.TURNED_OFF: _("Relance éteinte"),
    permission.UNSUBSCRIBED: _("Désinscrits"),
    permission.NOT_WANTED: _("Ne veulent pas de rappels"),
    permission.BOUNCED: _("Adresse refusée"),
    permission.NO_ADDRESS: _("Sans adresse"),
    permission.NO_CONSENT: _("Sans achat ni accord"),
    permission.ERASED: _("Effacés"),
    permission.TEST: _("Fiches de test"),
}
