"""What writes sign-ups: asked for, confirmed, made, and cleaned up."""
