"""Every act that can be done on many rows at once. A new one is a line here."""

from tenants.programme.bulk import membership, suspicion
from tenants.programme.bulk.shapes import Act

ACTS: dict[str, Act] = {
    act.key: act for act in (membership.JOIN, membership.LEAVE, suspicion.ACCEPT, suspicion.REFUSE)
}
