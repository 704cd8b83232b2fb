"""What changes plans and what they allow; whoever calls these decides the transaction."""
