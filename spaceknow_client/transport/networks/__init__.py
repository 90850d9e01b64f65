"""One attempt of a call, over connections of our own, httpx or aiohttp; how many go on at once."""
