"""Addresses of the back office's pages about customers, orders and the programme."""

from django.urls import path

from tenants.programme.views import (
    claims,
    customers,
    home,
    linking,
    orders,
    prizes,
    record,
    referrals,
    rules,
    todo,
    wallet,
)

app_name = "programme"

urlpatterns = [
    path("", home.home, name="home"),
    path("a-traiter", todo.todo, name="todo"),
    path("a-traiter/envois", todo.retry, name="retry"),
    path("clients", customers.customers, name="customers"),
    path("clients/ajouter", customers.add_customer, name="add_customer"),
    path("clients/code/annuler", wallet.undo_code, name="undo_code"),
    path("clients/<str:customer>", record.customer, name="customer"),
    path("clients/<str:customer>/modifier", customers.edit_customer, name="edit_customer"),
    path("clients/<str:customer>/cagnotte", record.history, name="history"),
    path("clients/<str:customer>/cagnotte/corriger", wallet.adjust, name="adjust"),
    path("clients/<str:customer>/code", wallet.code, name="code"),
    path("clients/<str:customer>/commande", linking.add_order, name="add_order"),
    path("clients/<str:customer>/rattacher/<str:side>", linking.attach, name="attach"),
    path("clients/<str:customer>/rattacher/<str:side>/choisir", linking.refer, name="refer"),
    path(
        "clients/<str:customer>/parrainages/<str:referral>/retirer",
        linking.remove,
        name="remove_referral",
    ),
    path("commandes", orders.orders, name="orders"),
    path("commandes/refusees", orders.refused, name="refused"),
    path("commandes/<str:order>", orders.order, name="order"),
    path("commandes/<str:order>/confirmer", orders.confirm_order, name="confirm_order"),
    path("commandes/<str:order>/rembourser", orders.refund, name="refund"),
    path("parrainage", referrals.referrals, name="referrals"),
    path("recompenses", prizes.prizes, name="prizes"),
    path("recompenses/ajouter", prizes.add_prize, name="add_prize"),
    path("recompenses/annuler", prizes.undo_archive, name="undo_archive"),
    path("recompenses/demandes", claims.claims, name="claims"),
    path("recompenses/demandes/annuler", claims.undo_hand, name="undo_hand"),
    path("recompenses/demandes/<str:claim>/remettre", claims.hand, name="hand_claim"),
    path("recompenses/demandes/<str:claim>/refuser", claims.cancel, name="cancel_claim"),
    path("recompenses/<str:prize>", prizes.edit_prize, name="edit_prize"),
    path("recompenses/<str:prize>/archiver", prizes.archive_prize, name="archive_prize"),
    path("recompenses/<str:prize>/deplacer", prizes.move_prize, name="move_prize"),
    path("reglages", rules.settings_index, name="settings"),
    path("reglages/programme", rules.rules, name="rules"),
    path("reglages/trackers", orders.incoming, name="incoming"),
]
