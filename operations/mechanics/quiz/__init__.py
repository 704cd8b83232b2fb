"""The quiz: questions, a score, a threshold; the right answers never leave the server."""
