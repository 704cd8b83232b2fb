"""Places where one logs in that are no tenant's: sessions and links are tied to them, too."""

import uuid

# The operator's console. A tenant's id is a UUIDv7 of its day, so this one is never a tenant's.
CONSOLE = uuid.UUID("00000000-0000-4000-8000-00000c045013")
