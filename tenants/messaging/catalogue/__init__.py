"""What there is to write about: the named values, and every kind of email by its readers."""
