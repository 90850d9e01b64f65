"""Compares one request or response with the document. Pure: it sends nothing.

Needs the extra `contract`. The client uses it for `SpaceKnow(contract="warn")`, the command
`spaceknow contract check` for all that it calls.
"""
