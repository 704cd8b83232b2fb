"""Addresses of billing on a tenant's host."""

from django.urls import path

from billing.pages import choosing, invoices, views

app_name = "billing"
urlpatterns = [
    path("reglages/abonnement", views.subscription, name="subscription"),
    path("reglages/abonnement/formules", choosing.plans, name="plans"),
    path(
        "reglages/abonnement/formules/<slug:plan>/<slug:interval>", choosing.choose, name="choose"
    ),
    path("reglages/abonnement/merci", views.done, name="done"),
    path("reglages/abonnement/portail", views.portal, name="portal"),
    path("reglages/abonnement/retour", views.returned, name="returned"),
    path("reglages/abonnement/resilier", views.cancel, name="cancel"),
    path("reglages/abonnement/revenir", views.come_back, name="come_back"),
    path("reglages/abonnement/factures", invoices.invoices, name="invoices"),
]
