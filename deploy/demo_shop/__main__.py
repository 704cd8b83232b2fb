"""`python -m deploy.demo_shop --port 8100`: the shop, with its keys from the environment.

RICOCHET_URL is the merchant's origin on Ricochet, RICOCHET_SECRET_KEY and RICOCHET_PUBLIC_KEY are
its keys; RICOCHET_LOGIN_KEY and RICOCHET_LOGIN_SECRET sign its customers' way into their cagnotte,
and EMAIL_URL sends them their codes. RICOCHET_SHOP_TRACKER_ONLY=1 leaves orders to the script
alone.
"""

import argparse
import os
import sys
from pathlib import Path

from deploy.demo_shop.customers import Customers, post_by_smtp
from deploy.demo_shop.exchange import Shop
from deploy.demo_shop.orders import OrderBook
from deploy.demo_shop.ricochet import Ricochet
from deploy.demo_shop.server import ShopServer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--orders", type=Path, required=True)
    arguments = parser.parse_args()
    ricochet = Ricochet(
        url=os.environ["RICOCHET_URL"].rstrip("/"),
        secret_key=os.environ.get("RICOCHET_SECRET_KEY", ""),
        public_key=os.environ.get("RICOCHET_PUBLIC_KEY", ""),
        login_key=os.environ.get("RICOCHET_LOGIN_KEY", ""),
        login_secret=os.environ.get("RICOCHET_LOGIN_SECRET", ""),
    )
    shop = Shop(
        orders=OrderBook(arguments.orders),
        ricochet=ricochet,
        customers=Customers(
            post=post_by_smtp(
                os.environ.get("EMAIL_URL", "smtp://127.0.0.1:25"),
                shop_url=os.environ.get("RICOCHET_SHOP_URL", ""),
            )
        ),
        tracker_only=os.environ.get("RICOCHET_SHOP_TRACKER_ONLY") == "1",
    )
    ShopServer(("127.0.0.1", arguments.port), shop).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
