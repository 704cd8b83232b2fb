"""The minor's addresses, the same in a limited back office and beside a merchant's own pages."""

from django.urls import URLPattern, path

from operations.received.views import listing, one, people

urlpatterns: list[URLPattern] = [
    path("operations/recues", listing.received, name="received"),
    path("operations/exports", listing.exports, name="exports"),
    path("operations/recues/personnes", people.people, name="received_people"),
    path("operations/recues/personnes/<str:person>", people.one, name="received_person"),
    path(
        "operations/recues/personnes/<str:person>/corriger",
        people.correct,
        name="correct_received_person",
    ),
    path(
        "operations/recues/personnes/<str:person>/donnees",
        people.data_file,
        name="received_person_file",
    ),
    path(
        "operations/recues/personnes/<str:person>/effacer",
        people.erase,
        name="erase_received_person",
    ),
    path("operations/recues/<str:operation>", one.received_one, name="received_one"),
    path("operations/recues/<str:operation>/donnees", one.received_data, name="received_data"),
]
