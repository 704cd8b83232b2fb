"""Of the page of the site and the brand, what a partner who is no merchant has as well."""

from django.urls import path

from widgets.site import addresses, views

app_name = "site"

urlpatterns = [
    path("reglages/site", views.site, name="site"),
    path("reglages/site/adresses", addresses.add, name="add_address"),
    path("reglages/site/adresses/<str:site>/retirer", addresses.remove, name="remove_address"),
]
