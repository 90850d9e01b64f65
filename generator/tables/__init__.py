"""Tables of operations, error codes and map types."""
