"""What knows no business word: ledger, outbox, errors, ids, money. Imports no other room."""
