"""What `manage.py billing` can do: one module for each kind of act, all of the same shape.

A module has `ACTS`: the name of an act → how its arguments are declared, and what it does with
them. A new kind is a module and a line in `MODULES`.
"""

from config.billing_acts import grants, payments
from config.billing_acts.shape import Act

MODULES = (grants, payments)
ACTS: dict[str, Act] = {act.name: act for module in MODULES for act in module.ACTS}
