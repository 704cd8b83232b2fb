"""Addresses of operations: the public pages first, then the back office."""

from django.urls import path

from operations.public import choices

app_name = "operations"

urlpatterns = [
    path("o/confirmer/<str:token>", choices.confirm, name="confirm"),
    path("o/merci/<str:token>", choices.thanks, name="thanks"),
    path("o/choix/<str:token>", choices.choices, name="choices"),
]
