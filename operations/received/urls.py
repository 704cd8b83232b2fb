"""The minor's addresses, the same in a limited back office and beside a merchant's own pages."""

from django.urls import URLPattern, path

from operations.received.views import listing, one

urlpatterns: list[URLPattern] = [
    path("operations/recues", listing.received, name="received"),
    path("operations/exports", listing.exports, name="exports"),
    path("operations/recues/<str:operation>", one.received_one, name="received_one"),
    path("operations/recues/<str:operation>/donnees", one.received_data, name="received_data"),
]
