"""Money: prices, limits, allocations."""
