"""What in a public text may give away how something is made: settings of a process, and compositions.

A number with a unit is a setting when it stands right behind the name of one ("concentration 5 %"), or in a
clause that speaks of a step of making ("sintered at 1,250 degrees for 4 h"). What is asked of the result, a
goal, a limit, a rating, a condition of use, is none: demands live on those. Every pattern is bounded and no
repetition is nested, so that time grows with the length of the text.
"""

import re
from collections.abc import Iterator

_NUMBER = r"[-+]?\d{1,12}(?:\.\d{1,12})?"
_SPAN = rf"{_NUMBER}(?:\s{{0,2}}[-~±–—至到]\s{{0,2}}\d{{1,12}}(?:\.\d{{1,12}})?)?"
_RATIO = r"\d{1,6}(?:\.\d{1,6})?(?:\s{0,2}[::]\s{0,2}\d{1,6}(?:\.\d{1,6})?){1,8}"
# Units of what is set on a machine. Those of strength, such as MPa, count where no word of strength is near.
_SETTING_UNIT = (
    r"℃|°\s?C|摄氏度|°\s?F|℉|[MkK]?Pa(?![a-z])|bar(?![a-z])|atm(?![a-z])|r/min|rpm|转/分钟?|mol/L|[mk]?g/m?L"
    r"|m?L/min|m/min|mm/s|A/dm[2²]|mA/cm[2²]|V(?![a-z0-9])|kV"
)
_TIME_UNIT = r"小时|分钟|h(?![a-z])|hours?|min(?![a-z])|minutes?"
_SHARE_UNIT = r"(?:wt|vol|at|mol|质量|体积)?\s?[%‰]|ppm|份"
_QUANTITY = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<number>{_RATIO}|{_SPAN})\s{{0,2}}"
    rf"(?:(?P<setting>{_SETTING_UNIT})|(?P<time>{_TIME_UNIT})|(?P<share>{_SHARE_UNIT}))?",
    re.IGNORECASE,
)

_STEP = re.compile(
    "反应|烧结|煅烧|焙烧|退火|淬火|回火|正火|渗碳|渗氮|固化|硫化|聚合|缩聚|酯化|水解|萃取|蒸馏|精馏|结晶|干燥|烘干|焙烘|发酵"
    "|接种|熔炼|熔融|挤出|注塑|热压|压制|模压|电镀|镀液|沉积|溅射|刻蚀|电解|轧制|锻造|保温|升温|降温|加热|预热|搅拌|球磨"
    "|投料|加料|滴加|浸渍|浸泡|浸轧|染色|热定型|热处理|纺丝|牵伸|涂布|静置|陈化|活化|酸洗|碱洗|加氢"
    r"|\b(?:sinter|anneal|calcin|cur(?:ed|ing)|stirr|heated|quench|ferment|extrud|etch|electroplat|dried|drying"
    r"|ball.mill|deposit|react(?:ed|ion)|distil|dissolv|soak)",
    re.IGNORECASE,
)
_SETTING = re.compile(
    "(?:温度|压力|真空度|转速|流量|流速|速率|车速|线速度|电流密度|电压|时间|ph值?"
    "|temperature|pressure|speed|flow rate|current density)"
    "(?:为|是|在|约|控制在|控制|保持在|保持|设为|设定为|设定|of|is|at|[:=]|\\s){0,4}$",
    re.IGNORECASE,
)
_COMPOSITION = re.compile(
    "(?:浓度|含量|添加量|用量|投料量|质量分数|体积分数|配比|比例|摩尔比|质量比|重量比|体积比|浴比|回流比|牵伸比|添加|掺杂|掺入|加入"
    "|concentration|content|ratio|add(?:ed|ing)|dop(?:ed|ing)(?: with)?)"
    "(?:为|是|在|约|控制在|控制|[:=]|of|is|at|\\s){0,4}$",
    re.IGNORECASE,
)
_HELD = re.compile(
    "(?:控制|保持|维持|稳定)在\\s?$|(?:kept|held|maintained) (?:at|from|between)\\s?$", re.IGNORECASE
)
_RANGE = re.compile(r"\d\s{0,2}[-~–—至到]\s{0,2}\d")
# What is asked of the result or said of its use, right before the number ...
_ASKED_BEFORE = re.compile(
    "(?:[≥≤<>≧≦]=?|不低于|不高于|不小于|不大于|不少于|不超过|低于|高于|超过|大于|小于|少于|达到?|至少|最多|提高|提升|增加|降低"
    "|下降|减少|节约|缩短|目标|误差|偏差|精度|波动|强度|硬度|模量|应力|韧性|寿命"
    "|at least|at most|up to|below|above|less than|more than|within)"
    r"[^\d,;]{0,6}$"
    "|(?:耐|抗|承受|工作|使用|环境|服役|额定|运行|储存|存储|存放|放电|充电|循环|失效|室温|常温"
    r"|withstand|resist\w{0,4}|operating|rated)"
    r"[^\d,;]{0,8}$",
    re.IGNORECASE,
)
# ... or right behind it.
_ASKED_BEHIND = re.compile(r"\s{0,2}(?:级|以上|以下|以内|及以上|及以下|工况|环境|条件下使用|or more|or less)")
_CLAUSE = re.compile(r"[^,;。!?\n]{1,400}")
_NEAR = 24
_SHOWN_BEFORE = 10
_CUT_WORD = re.compile(r"^[a-z]+\s+")

_ELEMENT = (
    "A[cglrstu]|B[aeir]?|C[adeflorsu]?|D[by]|E[ru]|F[er]?|G[ade]|H[efgo]?|I[nr]?|Kr?|L[aiu]|M[gno]|N[abdei]?|Os?"
    "|P[abdmrtu]?|R[behnu]|S[bceimnr]?|T[abehilm]|U|V|W|Xe|Yb?|Z[nr]"
)
_PART = rf"(?:{_ELEMENT})(?:\d{{1,3}}(?:\.\d{{1,4}})?)?"
_FORMULA = re.compile(rf"(?<![A-Za-z0-9])(?:\(?{_PART}\)?){{3,20}}(?![A-Za-z])")
_FRACTIONS_OF_A_MIXTURE = 2


def process_parameters(plain: str) -> Iterator[str]:
    """Settings in `plain`, which is NFKC-normalized, in the order of the text."""
    for clause in _CLAUSE.findall(plain):
        makes = _STEP.search(clause) is not None
        for quantity in _QUANTITY.finditer(clause):
            if _is_setting(clause, quantity, makes=makes):
                yield _shown(clause, quantity)


def formulas(plain: str) -> Iterator[str]:
    """Chemical formulas with fractions as subscripts: they tell the mixture, and not just the substance."""
    for found in _FORMULA.finditer(plain):
        if found.group().count(".") >= _FRACTIONS_OF_A_MIXTURE:
            yield found.group()


def _is_setting(clause: str, quantity: "re.Match[str]", *, makes: bool) -> bool:
    before = clause[max(0, quantity.start() - _NEAR) : quantity.start()]
    if _ASKED_BEFORE.search(before) or _ASKED_BEHIND.match(clause, quantity.end()):
        return False
    ratio = ":" in quantity["number"]
    if quantity["share"] or ratio:
        return _COMPOSITION.search(before) is not None
    if quantity["setting"] or quantity["time"]:
        return makes or _SETTING.search(before) is not None or _is_held_range(before, quantity["number"])
    return re.search(r"ph值?(?:为|[:=]|\s){0,2}$", before, re.IGNORECASE) is not None


def _is_held_range(before: str, number: str) -> bool:
    """`kept from 180 to 230`: what is kept between two values is set, whatever it is called."""
    return _HELD.search(before) is not None and _RANGE.search(number) is not None


def _shown(clause: str, quantity: "re.Match[str]") -> str:
    """The quantity with what stands right before it, so that the reader finds the place."""
    before = clause[max(0, quantity.start() - _SHOWN_BEFORE) : quantity.start()]
    return (_CUT_WORD.sub("", before) + quantity.group()).strip()
