"""Structured logs: one JSON object a line on standard error. Never bodies, tokens, names or amounts."""

import logging
import sys
from typing import cast

import orjson
import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def _render(_logger: object, _method: str, event: structlog.typing.EventDict) -> bytes:
    return orjson.dumps(event, default=str)


def configure_logging(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger(name))


class Relay(logging.Handler):
    """Log lines of a library as ours; of exceptions only the kind, since messages quote values."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._event = name

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        logger(self._event).log(
            record.levelno,
            self._event,
            message=record.getMessage().strip() if kind is None else record.msg,
            kind=kind.__name__ if kind else None,
        )


def relay(library: str, name: str, level: int) -> None:
    """From `level` on, what `library` has to say goes out under `name`; nothing else of it does."""
    log = logging.getLogger(library)
    log.handlers = [Relay(name)]
    log.propagate = False
    log.setLevel(level)
