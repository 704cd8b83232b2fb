"""The tracker: the door by which a shop's pages report orders and accounts."""
