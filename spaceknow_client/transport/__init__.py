"""One call: attempts, retries, throttling, deadlines, hooks and connections."""
