"""What each kind of fact sets off, in its order: the road's stretches."""
