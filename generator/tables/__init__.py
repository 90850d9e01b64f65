"""Tables of operations, error codes, map types and datasets."""
