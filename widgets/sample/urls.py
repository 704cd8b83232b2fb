"""Addresses of the sample on the platform's own host.

They bear the names that a merchant's addresses have, so that the real templates, which link to
each other by these names, lead from one sample page to the next.
"""

from django.urls import path, re_path

from widgets.sample import views
from widgets.shown import views as shown

app_name = "widgets"

urlpatterns = [
    path("cagnotte", views.space, name="space"),
    path("cagnotte/lots/<str:prize>", views.prize, name="space_prize"),
    path("cagnotte/regles", views.rules, name="space_rules"),
    path("cagnotte/qr", views.qr, name="space_qr"),
    path("cagnotte/qr.svg", views.qr_download, name="space_qr_file"),
    path("cagnotte/carte", views.back, name="space_card"),
    path("cagnotte/inviter", views.back, name="space_invite"),
    path("cagnotte/choix", views.back, name="space_choices"),
    path("cagnotte/donnees", views.back, name="space_data"),
    path("cagnotte/effacement", views.back, name="space_erase"),
    path("cagnotte/sortir", views.back, name="space_leave"),
    path("boutique", views.shop, name="sample_shop"),
    re_path(
        r"^w/(?P<kind>[a-z_]{1,20})\.(?P<digest>[0-9a-f]{16})\.js$",
        shown.script,
        name="shown_script",
    ),
]
