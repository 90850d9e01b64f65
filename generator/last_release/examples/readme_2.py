import spaceknow_client as sk

client = sk.SpaceKnow(
    sk.Environment.PRODUCTION,
    auth=sk.PasswordAuth("me@example.com", "..."),
    timeout=30,  # seconds that one attempt may take
    deadline=120,  # seconds that a call may take, repeats included
    pipeline_deadline=6 * 3600,  # seconds that waiting for a pipeline may take
)
