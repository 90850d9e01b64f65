"""The journal: a file that records each request that starts a pipeline."""
