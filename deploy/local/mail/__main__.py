"""`python -m deploy.local.mail`: receive on one port, show on another, keep in a directory."""

import argparse
import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller

from deploy.local.mail.inbox import InboxServer
from deploy.local.mail.store import MailStore, Receiver

_LARGEST_MESSAGE = 10 * 1024 * 1024


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    store = MailStore(arguments.directory)
    receiver = Controller(
        Receiver(store),
        hostname="127.0.0.1",
        port=arguments.smtp_port,
        data_size_limit=_LARGEST_MESSAGE,
    )
    receiver.start()
    try:
        InboxServer(("127.0.0.1", arguments.port), store).serve_forever()
    finally:
        receiver.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
