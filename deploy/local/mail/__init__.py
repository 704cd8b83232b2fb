"""Where the demo's and the tests' emails end: an SMTP server and a page that shows them."""
