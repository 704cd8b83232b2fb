"""Writing: codes, proposals, invitations, agreements, endings, and becoming a full merchant."""
