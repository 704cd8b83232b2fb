"""Addresses of accounts on the platform's own host: nobody logs in there, one learns where."""

from django.urls import path

from accounts.views.find import find

urlpatterns = [path("connexion", find, name="account_login")]
