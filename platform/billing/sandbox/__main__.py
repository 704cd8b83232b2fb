"""`python -m billing.sandbox --port 8300 --file double.sqlite3 --webhook URL`

Events are signed with STRIPE_WEBHOOK_SECRET, the variable that the platform checks them with.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from billing.sandbox import timeline
from billing.sandbox.sender import Sender
from billing.sandbox.server import DoubleServer
from billing.sandbox.store import Store
from billing.sandbox.world import World


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True, help="what it remembers")
    parser.add_argument("--webhook", required=True, help="where events are sent")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    store = Store(arguments.file)
    store.set("base_url", f"http://localhost:{arguments.port}")
    world = World(store)
    secret = os.environ["STRIPE_WEBHOOK_SECRET"]
    sender = Sender(world, url=arguments.webhook, secret=secret)
    sender.start(lambda: timeline.catch_up(world))
    try:
        DoubleServer(("127.0.0.1", arguments.port), world, sender).serve_forever()
    finally:
        sender.stop()
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
