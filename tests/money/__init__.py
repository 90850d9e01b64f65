"""Money: prices, ceilings, allocations."""
