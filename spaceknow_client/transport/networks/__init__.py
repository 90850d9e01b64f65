"""One attempt of a call, over our own connections, httpx or aiohttp, with limited concurrency."""
