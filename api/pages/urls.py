"""Addresses of the back office's page of keys."""

from django.urls import path

from api.pages import views

app_name = "keys"

urlpatterns = [
    path("reglages/cles", views.keys, name="list"),
    path("reglages/cles/creer", views.create, name="create"),
    path("reglages/cles/<str:key>/renouveler", views.rotate, name="rotate"),
    path("reglages/cles/<str:key>/revoquer", views.revoke, name="revoke"),
]
