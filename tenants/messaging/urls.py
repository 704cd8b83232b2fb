"""Addresses of the pages about messages, and of what emails lead to."""

from django.urls import path

from tenants.messaging.views import public

app_name = "messaging"

urlpatterns = [
    path("m/<slug:digest>.png", public.logo, name="logo"),
    path("e/<str:token>", public.click, name="click"),
]
