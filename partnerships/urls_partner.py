"""Pages of partnerships that a partner who is no merchant has, too."""

from django.urls import URLPattern, URLResolver

app_name = "partnerships"
urlpatterns: list[URLPattern | URLResolver] = []
