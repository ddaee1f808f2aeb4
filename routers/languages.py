"""Which language a caller reads, from `Accept-Language` (RFC 9110, 12.5.4). Chinese by default."""

from starlette.types import Scope

from matchmaking.messages import Language
from routers.scopes import header

HOME: Language = "zh"
MOST_RANGES = 20


def language_of(scope: Scope) -> Language:
    return preferred(header(scope, b"accept-language"))


def preferred(accepted: bytes | None) -> Language:
    """The better liked of the two languages; on equal liking, or where neither is named, Chinese."""
    if not accepted:
        return HOME
    liking: dict[str, float] = {}
    for part in accepted[:1000].decode("latin-1").lower().split(",")[:MOST_RANGES]:
        tag, _, parameters = part.partition(";")
        primary = tag.strip().partition("-")[0]
        liking[primary] = max(liking.get(primary, 0.0), _quality(parameters))
    rest = liking.get("*", 0.0)
    return "en" if liking.get("en", rest) > liking.get("zh", rest) else HOME


def _quality(parameters: str) -> float:
    """Between 0 and 1; what cannot be read counts as 0, so that nonsense never wins."""
    name, separator, value = parameters.partition("=")
    if not separator:
        return 0.0 if parameters.strip() else 1.0
    if name.strip() != "q" or not value.strip().replace(".", "", 1).isdecimal():
        return 0.0
    return min(float(value), 1.0)
