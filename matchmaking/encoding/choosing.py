"""Which encoder an installation has, by its settings."""

from matchmaking.encoding.encoder import Encoder, NoEncoder
from matchmaking.encoding.endpoint import Address, EndpointEncoder
from matchmaking.encoding.packaged import PackagedEncoder
from matchmaking.settings import Settings


def encoder_of(settings: Settings) -> Encoder:
    """Nothing is loaded and nobody is asked before the first text."""
    if settings.encoder == "none":
        return NoEncoder()
    if settings.encoder == "packaged":
        return PackagedEncoder(settings.encoder_threads)
    return EndpointEncoder(_address(settings))


def _address(settings: Settings) -> Address:
    key = settings.encoder_key
    return Address(
        url=settings.encoder_address or "",
        model=settings.encoder_model or "",
        dimension=settings.encoder_dimension,
        seconds=settings.encoder_seconds,
        key=None if key is None else key.get_secret_value(),
        query_prefix=settings.encoder_query_prefix,
        passage_prefix=settings.encoder_passage_prefix,
    )
