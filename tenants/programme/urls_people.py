"""Addresses about customers as people: files of them, duplicates, their own data."""

from django.urls import path

from tenants.programme.views import import_files, imports, merging, personal, prospects

# Before `clients/<str:customer>`, which would take the first of them for a customer.
PATTERNS = [
    path("clients/importer", imports.imports, name="imports"),
    path("clients/importer/<str:customer_import>", imports.customer_import, name="import"),
    path("clients/importer/<str:customer_import>/encodage", imports.read_as, name="read_import_as"),
    path("clients/importer/<str:customer_import>/importer", imports.take_in, name="take_in"),
    path("clients/importer/<str:customer_import>/annuler", imports.undo, name="undo_import"),
    path("clients/importer/<str:customer_import>/jeter", imports.discard, name="discard_import"),
    path(
        "clients/importer/<str:customer_import>/lignes-refusees",
        import_files.rejected,
        name="rejected_lines",
    ),
    path("reglages/donnees", prospects.personal_data, name="personal_data"),
    path("clients/doublons", merging.suggested, name="duplicates"),
    path("clients/<str:customer>/reunir", merging.merge, name="merge"),
    path("clients/<str:customer>/distinguer", merging.distinct, name="distinct"),
    path("clients/<str:customer>/activite", personal.activity, name="activity"),
    path("clients/<str:customer>/donnees", personal.person_file, name="person_file"),
    path("clients/<str:customer>/effacer", personal.erase, name="erase"),
]
