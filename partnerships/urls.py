"""Pages of partnerships in a merchant's back office."""

from django.urls import path

from partnerships.urls_partner import shared
from partnerships.views import adding, code

app_name = "partnerships"
urlpatterns = [
    path("partenariats/ajouter", adding.add, name="add"),
    path("partenariats/code", code.code, name="code"),
    path("partenariats/code/renouveler", code.renew, name="renew"),
    path("partenariats/<prt:partnership>/renvoyer", adding.resend, name="resend"),
    path("partenariats/<prt:partnership>/adresse", adding.correct, name="correct"),
    path("partenariats/<prt:partnership>/retirer", adding.withdraw, name="withdraw"),
    *shared,
]
