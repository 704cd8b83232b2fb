"""One table of what can go wrong: code, HTTP status, what it means, what to do.

The status of a business error stands on its class; here it is only shown. The page
`/api/docs/errors` is printed from this table, and `doc_url` leads to its lines.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table."""

    status: int
    title: Words
    advice: Words


ERRORS: dict[str, Entry] = {
    "missing_key": Entry(
        401,
        _("Aucune clé secrète n’accompagne la requête."),
        _("Envoyez l’en-tête « Authorization: Bearer rk_live_… »."),
    ),
    "invalid_key": Entry(
        401,
        _("Cette clé n’ouvre rien ici."),
        _("Elle est inconnue, révoquée, ou d’un autre commerçant. Créez-en une autre."),
    ),
    "public_key_refused": Entry(
        401,
        _("Une clé publique (pk_…) ne donne pas accès à l’API."),
        _("Elle est faite pour le script du site. Utilisez une clé secrète, sur votre serveur."),
    ),
    "scope_missing": Entry(
        403,
        _("La clé n’a pas le droit que cette requête demande."),
        _("Créez une clé avec ce droit dans Réglages, Clés d’API."),
    ),
    "test_key_refused": Entry(
        403,
        _("Une clé de test ne change rien de réel."),
        _("Envoyez vos essais avec elle, et le reste avec une clé de production (rk_live_…)."),
    ),
    "unsupported_media_type": Entry(
        415,
        _("Le corps n’est pas annoncé comme du JSON."),
        _("Envoyez l’en-tête « Content-Type: application/json »."),
    ),
    "body_too_large": Entry(
        413, _("Le corps dépasse 64 Ko."), _("N’envoyez qu’une commande par requête.")
    ),
    "malformed_json": Entry(
        400,
        _("Le corps n’est pas un objet JSON en UTF-8."),
        _("Vérifiez guillemets, virgules et accolades, et qu’aucun champ ne figure deux fois."),
    ),
    "invalid_field": Entry(
        400,
        _("Un champ manque ou n’est pas du bon type."),
        _("Corrigez le champ nommé par « param »."),
    ),
    "unknown_field": Entry(
        400,
        _("Un champ n’existe pas, ou ne peut pas être écrit."),
        _("Retirez le champ nommé par « param »."),
    ),
    "invalid_parameter": Entry(
        400,
        _("Un paramètre de l’adresse ne convient pas."),
        _("Corrigez le paramètre nommé par « param »."),
    ),
    "idempotency_key_missing": Entry(
        400,
        _("L’en-tête Idempotency-Key manque ou ne convient pas."),
        _("Envoyez un texte de 1 à 255 caractères, différent pour chaque opération."),
    ),
    "idempotency_key_reused": Entry(
        409,
        _("Cette Idempotency-Key a servi pour une autre requête."),
        _("Gardez la même clé pour répéter une requête, prenez-en une autre pour une nouvelle."),
    ),
    "idempotency_in_progress": Entry(
        409,
        _("Une requête avec cette Idempotency-Key est encore en cours."),
        _("Répétez la même requête dans un instant."),
    ),
    "invalid_order": Entry(
        400, _("La commande ne peut pas être prise telle quelle."), _("Corrigez « param ».")
    ),
    "wrong_currency": Entry(
        400,
        _("La commande est dans une autre devise que le programme."),
        _("Envoyez les commandes dans la devise du programme."),
    ),
    "date_in_future": Entry(
        400, _("La date est dans le futur."), _("Vérifiez l’horloge et le décalage horaire.")
    ),
    "invalid_email": Entry(
        400,
        _("L’adresse e-mail n’en est pas une."),
        _("Envoyez une adresse comme camille@exemple.fr, ou l’identifiant du client."),
    ),
    "customer_without_identity": Entry(
        400,
        _("Le client n’a ni adresse e-mail ni identifiant."),
        _("Envoyez « customer.email » ou « customer.id »."),
    ),
    "unsafe_name": Entry(
        400, _("Un nom contient une adresse web ou e-mail."), _("Envoyez le nom seul.")
    ),
    "customer_exists": Entry(
        409,
        _("Un autre client a déjà cet identifiant ou cette adresse."),
        _("Vérifiez à qui appartiennent « customer.id » et « customer.email »."),
    ),
    "order_already_received": Entry(
        409,
        _("Une commande de cet identifiant a été reçue avec un autre contenu."),
        _("Vérifiez que chaque commande a son propre identifiant."),
    ),
    "unknown_order": Entry(
        404, _("Aucune commande de cet identifiant."), _("Envoyez d’abord la commande.")
    ),
    "order_not_confirmed": Entry(
        409,
        _("La commande n’a été signalée que par le script du site."),
        _("Envoyez-la par l’API avant de la rembourser."),
    ),
    "refund_too_large": Entry(
        409,
        _("Le remboursement dépasse ce qui reste de la commande."),
        _("Vérifiez le montant et les remboursements déjà envoyés."),
    ),
    "refund_already_received": Entry(
        409,
        _("Un remboursement de cet identifiant a été reçu avec un autre montant."),
        _("Donnez un identifiant à chaque remboursement."),
    ),
    "invalid_invoice": Entry(
        400,
        _("La facture ou le paiement ne peut pas être pris tel quel."),
        _("Corrigez « param »."),
    ),
    "invoice_already_received": Entry(
        409,
        _("Une facture de cet identifiant a été reçue avec un autre contenu."),
        _("Vérifiez que chaque facture a son propre identifiant."),
    ),
    "unknown_invoice": Entry(
        404, _("Aucune facture de cet identifiant."), _("Envoyez d’abord la facture.")
    ),
    "invoice_cancelled": Entry(
        409, _("La facture est annulée."), _("Seul un remboursement peut encore y être noté.")
    ),
    "payment_already_received": Entry(
        409,
        _("Un paiement de cet identifiant a été reçu avec un autre contenu."),
        _("Donnez un identifiant à chaque paiement."),
    ),
    "payment_too_large": Entry(
        409,
        _("Le paiement dépasse ce qui reste à régler."),
        _("Vérifiez le montant et les paiements déjà envoyés."),
    ),
    "payment_refund_too_large": Entry(
        409,
        _("Le remboursement dépasse ce qui a été réglé."),
        _("Vérifiez le montant et les paiements déjà envoyés."),
    ),
    "invalid_session": Entry(
        400, _("La séance ne peut pas être prise telle quelle."), _("Corrigez « param ».")
    ),
    "unknown_session_type": Entry(
        400,
        _("Ce type de séance n’existe pas, ou n’est plus proposé."),
        _("Envoyez une clé de GET /session-types."),
    ),
    "session_already_received": Entry(
        409,
        _("Une séance de cet identifiant a été reçue avec un autre client ou un autre type."),
        _("Vérifiez que chaque séance a son propre identifiant."),
    ),
    "unknown_session": Entry(
        404, _("Aucune séance de cet identifiant."), _("Envoyez d’abord la réservation.")
    ),
    "session_cancelled": Entry(
        409, _("La séance est annulée."), _("Réservez-en une autre, avec un autre identifiant.")
    ),
    "unknown_customer": Entry(
        404, _("Aucun client de cet identifiant."), _("Utilisez l’identifiant « cus_… » reçu.")
    ),
    "feature_off": Entry(
        403,
        _("Ce module n’est pas activé pour ce commerçant."),
        _("Activez-le dans Réglages, Modules."),
    ),
    "plan_required": Entry(
        403,
        _("La formule de ce commerçant ne comprend pas ce module."),
        _("« detail » dit à partir de quelle formule. Elle se change dans Réglages, Abonnement."),
    ),
    "plan_limit": Entry(
        402,
        _("La formule de ce commerçant n’a plus de place pour cela."),
        _("« detail » dit quelle limite est atteinte, et que faire."),
    ),
    "checkout_off": Entry(
        409,
        _("Les points ne s’utilisent pas à la commande."),
        _("Activez-les dans les règles de fidélité. Le panier se paie sans remise."),
    ),
    "points_not_usable": Entry(
        409,
        _("Ce client ne peut pas utiliser de points sur ce panier."),
        _("Demandez un nouveau devis : « usable.reason » dit pourquoi."),
    ),
    "too_many_points": Entry(
        409,
        _("C’est plus de points que ce panier ne permet d’en utiliser."),
        _("Demandez un nouveau devis, et retenez au plus « usable.points »."),
    ),
    "points_hold_used": Entry(
        409,
        _("Les points de ce panier ont déjà servi à sa commande."),
        _("Donnez un autre nom au panier suivant. Un remboursement rend les points."),
    ),
    "points_hold_of_another": Entry(
        409,
        _("Ce panier retient les points d’un autre client."),
        _("Rendez-les d’abord, ou donnez un autre nom au panier."),
    ),
    "unknown_points_hold": Entry(
        404,
        _("Aucun panier de ce nom ne retient de points."),
        _("Envoyez le nom du panier, ou l’identifiant « hld_… » reçu."),
    ),
    "unknown_email": Entry(
        404,
        _("Aucun e-mail de ce Message-ID, ou à cette adresse."),
        _("Envoyez le Message-ID tel que le service d’envoi le donne, avec la clé du commerçant."),
    ),
    "not_found": Entry(
        404, _("Il n’y a rien à cette adresse."), _("Vérifiez l’adresse et l’identifiant.")
    ),
    "method_not_allowed": Entry(
        405,
        _("Cette adresse n’accepte pas cette méthode."),
        _("Utilisez une méthode de l’en-tête « Allow »."),
    ),
    "too_many_requests": Entry(
        429,
        _("Trop de requêtes en une seconde."),
        _("Attendez le temps donné par « Retry-After », puis répétez la requête."),
    ),
    "temporarily_unavailable": Entry(
        503,
        _("Le service ne peut pas répondre en ce moment."),
        _("Répétez la même requête, avec la même Idempotency-Key."),
    ),
    "internal_error": Entry(
        500,
        _("Une erreur s’est produite de notre côté. Rien n’a été enregistré."),
        _("Répétez la requête. Si cela continue, donnez-nous « request_id »."),
    ),
    "invalid_input": Entry(
        400, _("La requête ne peut pas être prise telle quelle."), _("Corrigez « param ».")
    ),
    "conflict": Entry(
        409, _("L’état actuel ne permet pas cela."), _("Relisez l’objet, puis décidez.")
    ),
}
