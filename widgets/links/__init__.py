"""The door that a shared link leads to: `/r/<code>`."""
