"""The web process: WSGI only, because a tenant belongs to a thread for one whole request."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tenants.database.deadline import give_up_after

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
give_up_after(settings.DATABASE_ANSWER_SECONDS)

# What was loaded to start stays for good: the collector need not look through it again and again.
gc.collect()
gc.freeze()
# A request of the ORM's makes thousands of small objects that nothing else refers to: looking for
# circles after every seven hundred, as Python does, costs a tenth of it.
gc.set_threshold(10_000, 20, 20)
