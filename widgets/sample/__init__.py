"""A cagnotte and a widget to try on the public site: the real pages, with a made-up merchant."""
