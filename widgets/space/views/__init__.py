"""The pages of the space, by what they are for."""
