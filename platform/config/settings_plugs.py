"""What each room plugs in: dotted paths, so that lower floors call what stands above them."""

SHELL_MENU = "config.menu.build"
SHELL_SEARCH = "config.search.providers"
SETUP_FACTS = "config.setup_facts.facts"
CONNECTIONS = "config.connections.connections"
OUTBOX_NUDGE = "config.tasks.nudge"
OUTBOX_HANDLERS = "config.outbox.HANDLERS"
# How many prizes that were won in operations wait for their winners.
PRIZES_TO_HAND_OVER = "operations.winning.to_hand_over"
# The operations for which a partner is asked to agree, in words for its letter.
PARTNER_OPERATIONS = "operations.sharing.naming.in_words"
PARTNER_FIGURES = "operations.figures.for_partners"
PARTNER_JOINT = "operations.joint.latest"
# Where a guest's back office opens, and how far its widgets for an operation are.
PARTNER_FIRST_PAGE = "operations.received.following.first_path"
WIDGETS_STANDING = "widgets.display.selectors.standing"
# Kinds of emails that merchants make: prefix → `tenants.messaging.kinds.Provider`.
EMAIL_KIND_PROVIDERS = {"campaign": "tenants.messaging.campaigns.PROVIDER"}
# Emails that say how something stands: who says so at the moment at which they leave.
EMAIL_FACTS = {
    "partner_accepted": "operations.joint.next_of",
    "partner_operation_begun": "operations.received.telling.standing_of",
}
EMAIL_DESTINATIONS = "widgets.links.destination.site_addresses"
JOB_KINDS = "config.jobs.KINDS"
PERSONAL_DATA = "config.personal.PERSONAL"
# Called in the transaction that changes what a merchant may use.
ENTITLEMENTS_CHANGED = "tenants.entitlements.refresh"
TENANT_RESTORED = "config.restoring.catch_up"
# Called in the transaction of what the command line does to a merchant.
TENANT_ACT_NOTED = "console.services.trail.note_command"
# The names by which somebody was invited to open a back office.
INVITED_AS = "partnerships.selectors.invited_as"
# What rooms above tell of a customer: sources of the record's timeline.
TIMELINE_OF_OPERATIONS = "operations.history.SOURCES"
# Whether a team has room for one more, and how much is used of each limit.
TEAM_ROOM = "tenants.limits.require_seat"
USAGE = "config.usage.COUNTS"
WORKS_WHILE_FROZEN = "config.frozen.works"
