"""Addresses that other people's sites load and post to, and the shopper's own pages."""

from django.urls import path, re_path

from widgets.links import coupon, programme
from widgets.links import views as links
from widgets.shop_login import pages as shop_keys
from widgets.shop_login import views as shop_login
from widgets.space import cards
from widgets.space.views import data, door, inviting, loyalty, preview, prizes, space, unsubscribing
from widgets.tracker import views as tracker
from widgets.urls_partner import shared

app_name = "widgets"

urlpatterns = [
    *shared,
    path("w/orders", tracker.orders, name="orders"),
    path("w/accounts", tracker.accounts, name="accounts"),
    path("r/<str:code>", links.link, name="link"),
    path("r/<str:code>/go", links.go, name="link_go"),
    path("espace/cadeau/<str:code>", coupon.coupon, name="link_coupon"),
    path("programme", programme.programme, name="programme"),
    path("espace", space.home, name="space"),
    path("espace/fidelite", loyalty.loyalty, name="space_loyalty"),
    path("espace/commandes", loyalty.orders, name="space_orders"),
    path("espace/lien", door.ask, name="space_ask"),
    re_path(r"^espace/code/(?P<asked>[0-9a-f]{32})$", door.code, name="space_code"),
    path("espace/entrer/<str:token>", door.enter, name="space_enter"),
    path("espace/boutique", shop_login.enter, name="space_shop"),
    path("espace/sortir", door.leave, name="space_leave"),
    path("espace/inviter", inviting.invite, name="space_invite"),
    path("espace/lots/<str:prize>", prizes.choose, name="space_prize"),
    path("espace/paliers/<str:tier>", prizes.take_tier, name="space_tier"),
    path("espace/qr", space.qr, name="space_qr"),
    path("espace/qr.svg", space.qr_download, name="space_qr_file"),
    path("espace/carte", cards.own, name="space_card"),
    path("espace/carte.<slug:kind>", cards.own_file, name="space_card_file"),
    path("clients/<str:customer>/carte", cards.of_customer, name="card"),
    path("clients/<str:customer>/carte.<slug:kind>", cards.of_customer_file, name="card_file"),
    path("espace/regles", space.rules, name="space_rules"),
    path("espace/apercu", preview.preview, name="space_preview"),
    path("espace/donnees", data.data_file, name="space_data"),
    path("espace/donnees/effacer", data.ask_erasure, name="space_erase"),
    path("espace/choix", space.choices, name="space_choices"),
    path("reglages/cles/boutique", shop_keys.keys, name="shop_keys"),
    path("reglages/cles/boutique/creer", shop_keys.create, name="create_shop_key"),
    path("reglages/cles/boutique/<str:key>/renouveler", shop_keys.rotate, name="rotate_shop_key"),
    path("reglages/cles/boutique/<str:key>/revoquer", shop_keys.revoke, name="revoke_shop_key"),
    path("desabonnement/<str:token>", unsubscribing.unsubscribe, name="unsubscribe"),
]
