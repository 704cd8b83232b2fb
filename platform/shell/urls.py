"""Addresses of the shell's own pages."""

from django.urls import path

from shell import views

app_name = "shell"
urlpatterns = [
    path("apparence", views.theme, name="theme"),
    path("langue", views.language, name="language"),
    path("search", views.search, name="search"),
]
