"""What the client costs, measured beside the bare library. `make bench-calls` runs `calls`."""
