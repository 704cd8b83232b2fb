"""Addresses of the shell's own pages."""

from django.urls import path

from shell import components, views

app_name = "shell"
urlpatterns = [
    path("apparence", views.theme, name="theme"),
    path("langue", views.language, name="language"),
    path("search", views.search, name="search"),
    path("_components", components.page, name="components"),
    path("_components/list", components.sample_list, name="components-list"),
    path("_components/undo", components.sample_undo, name="components-undo"),
    path("_components/act", components.sample_act, name="components-act"),
    path("_components/error/<int:status>", components.sample_error, name="components-error"),
]
