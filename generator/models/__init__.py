"""Models, operations, catalogue and error classes, from the document."""
