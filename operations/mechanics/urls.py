"""The mechanics' own pages, beside those that every module has: merged into `operations.urls`."""

from django.urls import path

from operations.mechanics.coupon import views as coupon
from operations.mechanics.draw import public
from operations.mechanics.draw import views as draw
from operations.mechanics.instant_win import views as instants

_MODULE = "operations/<str:operation>/modules/<str:module>"

urlpatterns = [
    path("o/tirage/<str:draw>", public.proof, name="draw_proof"),
    path("o/tirage/<str:draw>/proces-verbal.json", public.proof_file, name="draw_proof_file"),
    path("o/instants/<str:plan>", instants.proof, name="moments_proof"),
    path("o/instants/<str:plan>/releve.json", instants.proof_file, name="moments_proof_file"),
    path(f"{_MODULE}/instants", instants.moments, name="moments"),
    path(f"{_MODULE}/codes", coupon.listed, name="coupon_codes"),
    path(f"{_MODULE}/codes/ajouter", coupon.add, name="add_coupon_codes"),
    path(f"{_MODULE}/tirage", draw.draw, name="draw"),
    path(f"{_MODULE}/tirage/proces-verbal.json", draw.record, name="draw_record"),
    path(f"{_MODULE}/tirage/participants.csv", draw.participants, name="draw_participants"),
    path(f"{_MODULE}/tirage/remplacer/<str:place>", draw.pass_on, name="draw_pass_on"),
]
