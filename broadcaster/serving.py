"""`broadcaster serve` and `worker`: the long-running processes, ended cleanly by SIGTERM or Ctrl-C."""

from __future__ import annotations

import contextlib
import errno
import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import structlog
import waitress  # type: ignore[import-untyped]  # publishes no types
from apiflask import APIFlask
from sqlalchemy.exc import SQLAlchemyError

from broadcaster import jobs, refused_bodies, schema, work, workers
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BroadcasterError, ConfigurationError

WORKER_ENDS_WITHIN_S = 10.0
"""All of them together."""
ANSWERED_WITHIN_S = 5.0
"""As long waitress waits for what is being answered."""
ENDING = (
    "Stopping: what is being answered or worked on is finished first, which may take "
    f"{ANSWERED_WITHIN_S + WORKER_ENDS_WITHIN_S:.0f} seconds; a second Ctrl-C waits for nothing."
)
CONNECTION_LIMIT = 2000

log = structlog.get_logger(__name__)


def check_ready(app: APIFlask) -> None:
    """`BroadcasterError` in one clear line unless the database can be reached and has the newest schema."""
    settings: Settings = app.config["SETTINGS"]
    advice = f"run 'broadcaster --data {settings.data} init'"
    try:
        with app.app_context():
            schema.refuse_newer(db.engine)
            current = schema.is_current(db.engine)
    except SQLAlchemyError as error:
        raise BroadcasterError(f"the database cannot be reached: {schema.reason(error)}") from error
    if not current:
        raise BroadcasterError(f"the database is not at the newest schema; {advice}")


def settle_memory() -> None:
    """Let the collector pass over everything loaded so far: it stays for the life of the process.

    Looking through it again and again held up one page in twenty by some 90 ms.
    """
    gc.collect()
    gc.freeze()


def serve(
    app: APIFlask,
    host: str,
    port: int,
    threads: int,
    announce: Callable[[str], None],
    tell: Callable[[str], None],
) -> None:
    """Answer requests and do background work until told to end; `announce` gets the address once open, `tell`
    at once what an end waits for."""
    settings: Settings = app.config["SETTINGS"]
    sockets: dict[int, Any] = {}
    try:
        server = waitress.create_server(
            app,
            sockets,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            connection_limit=CONNECTION_LIMIT,
            max_request_body_size=refused_bodies.READ_AND_DROPPED_AT_MOST,
            channel_timeout=120,
            asyncore_use_poll=True,
            **_proxy(settings),
        )
    except OSError as error:
        raise BroadcasterError(_cannot_listen(host, port, error)) from error
    except ValueError as error:  # waitress, of a host no name service knows
        message = f"cannot listen on {host}:{port}: there is no address of this name; correct host or --host"
        raise ConfigurationError([message]) from error
    refused_bodies.drop_above(_intake(app, settings), sockets)
    settle_memory()

    def begin_to_end() -> None:
        tell(ENDING)
        bell = app.extensions.get("bell")
        if bell is not None:
            bell.stop()  # first: the server waits for its threads, and these would wait for news

    with ending_on_signals(begin_to_end), working(app):
        announce(f"http://{host}:{server.effective_port}")
        try:
            server.run()  # returns when SystemExit reaches its loop
        finally:
            server.close()


def _intake(app: APIFlask, settings: Settings) -> refused_bodies.Intake:
    folder = settings.data / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return refused_bodies.Intake(app.config["MAX_CONTENT_LENGTH"], folder, settings.audio.keep_free_bytes)


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    where = f"cannot listen on {host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where}: another program listens there; end it, or choose another port, as in --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"{where}: ports below 1024 are for the system; choose another, as in --port 8080"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{where}: this machine does not have that address; give one of its own with --host"
    return f"{where}: {error.strerror or error}; choose others with --host and --port"


def _proxy(settings: Settings) -> dict[str, object]:
    if not settings.server.trusted_proxy:
        return {}
    return {
        "trusted_proxy": settings.server.trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


@contextlib.contextmanager
def ending_on_signals(begin_to_end: Callable[[], None] = lambda: None) -> Iterator[None]:
    """SIGTERM and SIGINT end the block by SystemExit; what has begun is put away.

    `begin_to_end` is called at the first of them, before anything is waited for. A second one waits for
    nothing more: what was being worked on is begun again at the next start.
    """
    ending = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal ending
        first, ending = not ending, True
        if first:
            begin_to_end()
        raise SystemExit(0)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def working(app: APIFlask) -> Iterator[None]:
    """Background work is done while the block runs, by a thread for each lane, and one that sees who died."""
    stop = threading.Event()
    threads = [threading.Thread(target=workers.beat_until, args=(app, stop), name="worker-beat", daemon=True)]
    threads += [
        threading.Thread(target=work.work_until, args=(app, stop, lane), name=f"worker-{number}", daemon=True)
        for number, lane in enumerate(work.LANES)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        jobs.rang.set()
        until_s = time.monotonic() + WORKER_ENDS_WITHIN_S
        for thread in threads:
            thread.join(max(0.0, until_s - time.monotonic()))
