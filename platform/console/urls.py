"""Addresses on the console's host. Who may open them: `console.middleware`."""

from django.urls import path

from console.pages import login
from console.site import site
from shell import views as shell

urlpatterns = [
    path("connexion", login.log_in, name="account_login"),
    path("connexion/code", login.second_factor, name="account_second_factor"),
    path("connexion/debut/<str:token>", login.begin, name="console_begin"),
    path("langue", shell.language, name="console_language"),
    path("apparence", shell.theme, name="console_theme"),
    path("", site.urls),
]
