"""How an email's words become an email: liquid first, then a little Markdown, then the layout."""
