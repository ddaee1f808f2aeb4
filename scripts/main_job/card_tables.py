"""The tables of the main job in which providers meet a need: cards, interest, recommendations."""

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from matchmaking.messages import Language, text
from matchmaking.ranking.explain import word
from schemas.vocabulary import DeclineCode, FieldGroup, HonourTier, ProviderFit, PurposeKind, SizeBand
from scripts.main_job.caller import Json
from scripts.main_job.figures import wan
from scripts.main_job.tables import LANGUAGES, doubled, listed, table
from scripts.speaking import both

Places = Mapping[str, tuple[str, str]]
"""Names of districts, chains and clusters by their codes, Chinese and English."""
COLOURS = {
    ProviderFit.FITS: "green",
    ProviderFit.DOES_NOT_FIT: "red",
    ProviderFit.FACTS_NOT_SHARED: "yellow",
}
COARSE_TO_FINE = ("city", "district", "cluster", "chain")


def cards_table(places: Places, cards: Sequence[Json], ours: str | None = None) -> Table:
    """Cards as a branch reads them; without an answer when the mill looks at its own."""
    answered = any("fit" in card for card in cards)
    made = table("card", "purpose", "band", "enterprise", *(["fit"] if answered else []))
    for card in cards:
        mark = "★" if card["card_id"] == ours else ""
        row: list[str | Text] = [
            f"…{card['card_id'][-6:]} {mark}",
            doubled(*(word(PurposeKind(card["purpose"]), language) for language in LANGUAGES)),
            _band(card["amount"]),
            _traits(places, card["enterprise"]),
        ]
        if answered:
            fit = ProviderFit(card["fit"])
            row.append(Text("\n".join(word(fit, language) for language in LANGUAGES), style=COLOURS[fit]))
        made.add_row(*row)
    return made


def _band(amount: Json) -> str:
    below = "" if amount["below_fen"] is None else wan(amount["below_fen"])
    return f"{wan(amount['lowest_fen'])} - {below}"


def _traits(places: Places, shown: Json) -> Text:
    """What at least five enterprises share, the finest place and trade of each kind."""
    chinese, english = [], []
    for pair in (("district", "city"), ("chain", "cluster")):
        code = next((shown[part] for part in pair if shown[part] is not None), None)
        if code is not None:
            names = places.get(code, (code, code))
            chinese.append(names[0])
            english.append(names[1])
    for part, kind in (("size_band", SizeBand), ("honour_tier", HonourTier)):
        if shown[part] is not None:
            chinese.append(word(kind(shown[part]), "zh"))
            english.append(word(kind(shown[part]), "en"))
    return doubled(" · ".join(chinese) or "—", " · ".join(english) or "—")


def shared(bank: tuple[str, str], groups: Iterable[str]) -> Text:
    members = [FieldGroup(group) for group in groups]
    said = [
        text("main_job.shared", language, bank=name, groups=listed(members, language))
        for language, name in zip(LANGUAGES, bank, strict=True)
    ]
    return doubled(*said)


def declined(bank: tuple[str, str], code: str) -> Text:
    said = [
        text("main_job.declined", language, bank=name, reason=word(DeclineCode(code), language))
        for language, name in zip(LANGUAGES, bank, strict=True)
    ]
    return doubled(*said)


def offers_table(offers: Sequence[Json], picked: str | None = None) -> Table:
    """Offers by name, in the order in which the enterprise is shown them."""
    made = table("place", "product", "branch", "choice", right=("place",))
    for place, offer in enumerate(offers, start=1):
        made.add_row(
            str(place),
            doubled(offer["title_zh"], offer["title_en"] or offer["title_zh"]),
            doubled(_where(offer, "zh"), _where(offer, "en")),
            both("main_job.chosen") if offer["adoption_id"] == picked else "",
        )
    return made


def _where(offer: Json, language: Language) -> str:
    """Bank and branch, in Chinese where there is no other name."""
    names = [offer[f"{part}_name_{language}"] or offer[f"{part}_name_zh"] for part in ("provider", "unit")]
    return " ".join(dict.fromkeys(names))
