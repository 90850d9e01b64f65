"""Compares one request or response with the document. Pure: it sends nothing.

Requires the extra `contract`. Used by `SpaceKnow(contract="warn")` and `spaceknow contract check`.
"""
