"""Who runs this installation, as the legal pages say it: read at the end of `config.settings`."""

from config import env

_env = env.read()
_UNNAMED = "Installation d’essai" if _env["RICOCHET_DEMO"] else "(à compléter par l’exploitant)"
_company = _env["RICOCHET_COMPANY"] or _UNNAMED

OPERATOR = {
    "company": _company,
    "company_name": _company.split(";")[0].strip(),
    "director": _env["RICOCHET_DIRECTOR"] or _UNNAMED,
    "hosting": _env["RICOCHET_HOSTING"] or _UNNAMED,
    "contact": _env["RICOCHET_CONTACT_EMAIL"]
    or _env["RICOCHET_FROM_EMAIL"].split("<")[-1].strip(">"),
}
