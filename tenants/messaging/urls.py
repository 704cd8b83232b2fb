"""Addresses of the pages about messages, and of what emails lead to."""

from django.urls import path

from tenants.messaging.views import addresses, look, preview, public, sent, texts

app_name = "messaging"

_TEXT = "messages/textes/<str:kind>/<str:language>"

urlpatterns = [
    path("m/<slug:digest>.png", public.logo, name="logo"),
    path("e/<str:token>", public.click, name="click"),
    path("o/<str:token>.gif", public.opened, name="opened"),
    path("messages", texts.kinds, name="kinds"),
    path("messages/presentation", look.look, name="look"),
    path("messages/envoyes", sent.sent, name="sent"),
    path("messages/envoyes/<str:email>", sent.email, name="email"),
    path("messages/envoyes/<str:email>/copie", sent.copy, name="copy"),
    path("messages/adresses/annuler", addresses.undo_lift, name="undo_lift"),
    path("messages/adresses/<str:customer>/reprendre", addresses.lift, name="lift"),
    path("messages/textes/annuler", texts.undo_text, name="undo_text"),
    path("messages/textes/<str:kind>/etat", texts.switch, name="switch"),
    path(_TEXT, texts.text, name="text"),
    path(f"{_TEXT}/apercu", preview.frame, name="preview"),
    path(f"{_TEXT}/mots", preview.words, name="words"),
    path(f"{_TEXT}/essai", texts.send_test, name="send_test"),
    path(f"{_TEXT}/origine", texts.back_to_original, name="original"),
    path(f"{_TEXT}/versions/<int:version>/reprendre", texts.restore, name="restore"),
]
