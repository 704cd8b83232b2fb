"""Addresses of the pages of widgets, in every back office."""

from django.urls import path

from widgets.display.views import editing, listing, one

app_name = "display"

urlpatterns = [
    path("widgets", listing.widgets, name="list"),
    path("widgets/ajouter", editing.add, name="add"),
    path("widgets/apercu", editing.preview, name="preview"),
    path("widgets/<str:widget>", one.widget, name="widget"),
    path("widgets/<str:widget>/modifier", editing.edit, name="edit"),
    path("widgets/<str:widget>/activite", one.switch, name="switch"),
    path("widgets/<str:widget>/dupliquer", one.duplicate, name="duplicate"),
    path("widgets/<str:widget>/supprimer", one.delete, name="delete"),
]
