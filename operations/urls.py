"""Addresses of operations: the public pages first, then the back office."""

from django.urls import path, re_path

from operations.mechanics import urls as mechanics
from operations.public import choices, page, sent, told
from operations.received.urls import urlpatterns as received
from operations.rehearsing import pages as trying
from operations.views import (
    handing,
    listing,
    modules,
    one,
    partners,
    people,
    reaching,
    rehearsals,
    results,
    winners,
    words,
)

app_name = "operations"

urlpatterns = [
    path("o/confirmer/<str:token>", choices.confirm, name="confirm"),
    path("o/merci/<str:token>", choices.thanks, name="thanks"),
    path("o/choix/<str:token>", choices.choices, name="choices"),
    re_path(r"^o/image/(?P<digest>[0-9a-f]{16})\.webp$", told.image, name="image"),
    path("o/essai/<str:token>", trying.page, name="rehearsal"),
    path("o/essai/<str:token>/effacer", trying.wipe, name="rehearsal_wipe"),
    path("o/essai/<str:token>/<str:participation>", trying.trace, name="rehearsal_trace"),
    path(
        "o/essai/<str:token>/<str:participation>/confirmer",
        trying.confirm,
        name="rehearsal_confirm",
    ),
    path("o/<slug:slug>", page.page, name="page"),
    path("o/<slug:slug>/suite", page.onward, name="onward"),
    path("o/<slug:slug>/envoyee", page.asked, name="asked"),
    path("o/<slug:slug>/envoyee/<str:token>", sent.sent, name="sent"),
    path("o/<slug:slug>/reglement", told.rules, name="rules"),
    path("o/<slug:slug>/donnees", told.data, name="data"),
    path("operations", listing.operations, name="operations"),
    path("operations/partenaires", listing.partner_operations, name="partner_operations"),
    path("operations/calendrier", listing.calendar, name="calendar"),
    path("operations/ajouter", listing.add, name="add"),
    path("operations/desarchiver", listing.undo_archive, name="undo_archive"),
    path("operations/gagnants", winners.all_winners, name="all_winners"),
    path("operations/gagnants/remettre", handing.hand_selected, name="hand_all_winners"),
    path("operations/gagnants/annuler", handing.undo_hand, name="undo_hand_win"),
    path("operations/gagnants/<str:win>/remettre", handing.hand, name="hand_win"),
    path("operations/gagnants/<str:win>/reprendre", handing.take_back, name="take_back_win"),
    *received,
    path("operations/<str:operation>", one.operation, name="operation"),
    path("operations/<str:operation>/nom", one.rename, name="rename"),
    path("operations/<str:operation>/dates", one.dates, name="dates"),
    path("operations/<str:operation>/qr.svg", reaching.qr, name="qr"),
    path("operations/<str:operation>/en-ligne", one.go_live, name="go_live"),
    path("operations/<str:operation>/terminer", one.stop, name="stop"),
    path("operations/<str:operation>/dupliquer", listing.duplicate, name="duplicate"),
    path("operations/<str:operation>/archiver", listing.archive, name="archive"),
    path("operations/<str:operation>/textes", words.words, name="words"),
    path("operations/<str:operation>/textes/modele", words.follow, name="follow_rules"),
    path("operations/<str:operation>/apparence", words.look, name="look"),
    path("operations/<str:operation>/apercu", words.preview, name="preview"),
    path("operations/<str:operation>/participants", people.participants, name="participants"),
    path("operations/<str:operation>/gagnants", winners.winners, name="winners"),
    path(
        "operations/<str:operation>/gagnants/remettre", handing.hand_selected, name="hand_winners"
    ),
    path("operations/<str:operation>/essais", rehearsals.tests, name="tests"),
    path("operations/<str:operation>/essais/ouvrir", rehearsals.begin_test, name="begin_test"),
    path("operations/<str:operation>/essais/effacer", rehearsals.wipe_tests, name="wipe_tests"),
    path("operations/<str:operation>/resultats", results.results, name="results"),
    path("operations/<str:operation>/partenaires", partners.partners, name="partners"),
    path(
        "operations/<str:operation>/partenaires/<str:partnership>",
        partners.partner,
        name="partner",
    ),
    path(
        "operations/<str:operation>/partenaires/<str:partnership>/confirmer",
        partners.confirm,
        name="confirm_partner",
    ),
    path(
        "operations/<str:operation>/partenaires/<str:partnership>/retirer",
        partners.take_out,
        name="take_out_partner",
    ),
    path("operations/<str:operation>/modules", modules.listed, name="modules"),
    path("operations/<str:operation>/modules/ajouter", modules.add, name="add_module"),
    path("operations/<str:operation>/modules/remettre", modules.undo_remove, name="undo_remove"),
    path("operations/<str:operation>/modules/<str:module>", modules.module, name="module"),
    path(
        "operations/<str:operation>/modules/<str:module>/donnees",
        modules.acquisition,
        name="acquisition",
    ),
    path("operations/<str:operation>/modules/<str:module>/place", modules.move, name="move"),
    path("operations/<str:operation>/modules/<str:module>/retirer", modules.remove, name="remove"),
    *mechanics.urlpatterns,
]
