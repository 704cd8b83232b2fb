"""Ready-made reminders: whom each is for, what ends it, and the clock that sends them."""
