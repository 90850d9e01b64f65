"""Listings, page by page."""
