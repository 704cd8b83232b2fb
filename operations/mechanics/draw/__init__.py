"""The draw: a seed promised before, a list fixed at the end, a record that anybody can check."""
