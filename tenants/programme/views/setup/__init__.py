"""The guided set-up and its simulator."""
