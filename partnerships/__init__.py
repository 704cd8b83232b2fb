"""Major and minor partners, partner codes, automatic back offices."""
