"""Two brands that work together: who asked whom, what they agreed on, who may enter where."""
