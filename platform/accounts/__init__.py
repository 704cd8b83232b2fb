"""People who log in: users are global, memberships give them a role in a tenant."""
