"""Working out automatic points again over the past, or taking them all away (FS-19, FS-20)."""
