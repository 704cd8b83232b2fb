"""The back office's pages of widgets: all of them, one, its editor and its preview."""
