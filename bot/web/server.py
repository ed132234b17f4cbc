"""A web server that is one of several things in a process: it leaves the signals to whoever started it."""

from contextlib import AbstractContextManager, nullcontext

import uvicorn


class Server(uvicorn.Server):
    """Ends when its `should_exit` is set, not by Ctrl-C: that is for its owner, who stops all there is."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Take none."""
        return nullcontext()
