"""Addresses of visits on a merchant's host."""

from django.urls import path

from console.visits import views

app_name = "visits"
urlpatterns = [
    path("consultation/<str:token>", views.arrive, name="arrive"),
    path("consultation-fin", views.end, name="end"),
    path("reglages/equipe/interventions", views.log, name="log"),
]
