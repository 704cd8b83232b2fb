"""Addresses of accounts on a tenant's host."""

from django.urls import include, path

from accounts.views import invitations, login, passwords, profile, switch, team, two_factor

_accounts = [
    path("invitation/<str:token>", invitations.accept, name="invitation"),
    path("compte", profile.profile, name="profile"),
    path("compte/mot-de-passe", profile.password, name="password"),
    path("compte/deconnecter-partout", profile.end_other_sessions, name="end_other_sessions"),
    path("compte/deux-etapes", two_factor.on, name="two_factor_on"),
    path("compte/deux-etapes/desactiver", two_factor.off, name="two_factor_off"),
    path("compte/deux-etapes/codes", two_factor.new_codes, name="new_codes"),
    path("compte/changer", switch.switch, name="switch"),
    path("compte/arrivee/<str:token>", switch.arrive, name="arrive"),
    path("reglages/equipe", team.team, name="team"),
    path("reglages/equipe/inviter", team.send_invitation, name="invite"),
    path("reglages/equipe/invitations/<str:invitation>/renvoyer", team.resend, name="resend"),
    path("reglages/equipe/invitations/<str:invitation>/retirer", team.withdraw, name="withdraw"),
    path("reglages/equipe/<str:member>/role", team.set_role, name="set_role"),
    path("reglages/equipe/<str:member>/retirer", team.remove, name="remove"),
]

urlpatterns = [
    path("connexion", login.log_in, name="account_login"),
    path("connexion/code", login.second_factor, name="account_second_factor"),
    path("deconnexion", login.log_out, name="account_logout"),
    path("mot-de-passe/oublie", passwords.forgotten, name="account_reset_password"),
    path(
        "mot-de-passe/nouveau/<str:token>",
        passwords.reset,
        name="account_reset_password_from_key",
    ),
    path("", include((_accounts, "accounts"))),
]
