"""What runs on other people's sites: the script, the tracker, and hosted pages."""
