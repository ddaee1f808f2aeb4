"""Whom a public text names: other organizations, customers, and how to reach somebody.

Names are known by their form (the legal ending of a firm) or, without one, by what stands around them: whom
one supplies, and after "customers include". Which words are names there is `rjieba`'s judgement. Nobody is
looked up: that a firm is registered here is not for this text to tell.
"""

import re
from collections.abc import Iterator

import rjieba

_ENDING = "有限责任公司|股份有限公司|有限公司|股份公司|集团公司|集团"
_BEFORE_ENDING = 20
_SHORTEST_NAME = 2
_FIRM = re.compile(rf"(?:{_ENDING})(?:\([^()]{{1,10}}\))?")
_PART_OF_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z0-9()·&]{1,20}$")
# A name begins behind these: prepositions, conjunctions, pronouns, particles, and words of trade.
_BEFORE_NAMES = frozenset({"p", "c", "r", "u", "uj"})
_TRADING = re.compile("客户|供应商?|供货|配套|合作|对接|包括|例如|如|有|是|依托|[子母]公司")
_NO_NAME = re.compile(
    "(?:家|大型|中小型?|国内外?|国外|知名|上市|国有|民营|外资|合资|龙头|企业|行业|跨国|下属|子公司|母公司|能源"
    "|钢铁|汽车|化工|电力|电网|医药|纺织|建筑|投资|控股|产业|科技|实业|股份|有限|公司|集团|教育|农业|船舶|装备|制造|等|[Xx×])*"
)
_ENGLISH_FIRM = re.compile(
    r"\b[A-Z][\w&-]{1,30}(?:\s[A-Z&][\w&-]{0,30}){0,4},?\s(?:Co\.?,?\sLtd|Ltd|Inc|Corp|Corporation|GmbH|LLC|PLC|S\.A)\b"
)
_SUPPLIED = re.compile(r"[为给向]([^,;。!?\n为给向]{2,24}?)(?:供货|供应|配套|代工|供件)")
_CUSTOMERS = re.compile(r"(?:客户|用户)(?:包括|有|如|为|是|:|名单)([^,;。!?\n]{2,40})")
_NAME_TAGS = frozenset({"nr", "nrt", "nt", "nz"})
_JOINED = re.compile("[、和与及/等]")
_LONGEST_BRAND = 8

_CONTACT = re.compile(
    r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|https?://[^\s,;。]{3,80}|微信号?[::]?\s{0,2}[A-Za-z][\w-]{5,19}",
    re.ASCII,
)


def organization_names(plain: str) -> Iterator[str]:
    """Firms by their legal ending, and names of those supplied; `plain` is NFKC-normalized."""
    for ending in _FIRM.finditer(plain):
        if (name := _name_before(plain, ending.start())) is not None:
            yield name + ending.group()
    yield from (found.group() for found in _ENGLISH_FIRM.finditer(plain))
    for pattern in (_SUPPLIED, _CUSTOMERS):
        for found in pattern.finditer(plain):
            yield from _brands(found.group(1))


def contact_details(plain: str) -> Iterator[str]:
    return (found.group() for found in _CONTACT.finditer(plain))


def _name_before(plain: str, end: int) -> str | None:
    """What stands before a legal ending, from where a name can begin; None when it names nobody."""
    part = _PART_OF_NAME.search(plain[max(0, end - _BEFORE_ENDING) : end])
    name = ""
    for word, tag in rjieba.tag(part.group()) if part else ():
        name = "" if tag in _BEFORE_NAMES or _TRADING.fullmatch(word) else name + word
    return None if len(name) < _SHORTEST_NAME or _NO_NAME.fullmatch(name) else name


def _brands(listed: str) -> Iterator[str]:
    """The parts of a list that are a name as a whole, without a word of kind behind it."""
    for part in _JOINED.split(listed):
        words = rjieba.tag(part.strip())
        if part and len(part) <= _LONGEST_BRAND and words and words[0][1] in _NAME_TAGS and len(words) == 1:
            yield part.strip()
