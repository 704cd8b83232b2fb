"""The customer's space: the cagnotte, its history, the referees, the prizes."""
