# Compiled by `python -m generator` from _async/. Never edit by hand.
"""The APIs of the document, a class each."""
