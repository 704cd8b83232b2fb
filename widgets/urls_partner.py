"""What the site of a partner who is no merchant loads and posts to: the script and its widgets."""

from django.urls import path, re_path

from widgets.display import door
from widgets.script import views as script
from widgets.shown import views as shown
from widgets.tracker import views as tracker

app_name = "widgets"

shared = [
    path("w/v1.js", script.latest, name="latest"),
    re_path(r"^w/v1\.(?P<digest>[0-9a-f]{16})\.js$", script.pinned, name="pinned"),
    path("w/v1.json", script.manifest, name="manifest"),
    path("w/widgets.json", shown.widgets, name="shown"),
    re_path(
        r"^w/(?P<kind>[a-z_]{1,20})\.(?P<digest>[0-9a-f]{16})\.js$",
        shown.script,
        name="shown_script",
    ),
    re_path(r"^w/d1\.(?P<digest>[0-9a-f]{16})\.js$", door.script, name="display_script"),
    path("w/d1", door.told, name="display_told"),
    path("w/seen", tracker.seen, name="seen"),
]
urlpatterns = shared
