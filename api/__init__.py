"""The HTTP API: keys, versioned resources, and webhooks in and out."""
