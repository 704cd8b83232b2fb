"""What people see of an operation, on the merchant's own host: no script, and nothing stored."""
