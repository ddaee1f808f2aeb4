"""Three-valued evaluation of typed rules on facts at a date, and the verdict that follows.

Met, unmet or unknown per rule; a fact that is not known makes a rule unknown, never unmet. Rules that are
not open to the asker are no part of this: who asks hands in the rules that may be seen.
"""

from collections.abc import Callable, Mapping, Sequence

from matchmaking.ranking.facts import Content, FactsAtDate, Reading, number
from matchmaking.ranking.reasons import Missing, Outcome, Parameter, Reason, ReasonCode
from schemas.eligibility import FACTS, Band, EligibilityRules, FactKind, Rule, RuleGroup
from schemas.vocabulary import FactName, RuleOperator, RuleStatus, Verdict

NEAR_MISS_RULES = 2
NEAR_CEILING_BASIS_POINTS = 1_000

MEASURED = frozenset({RuleOperator.AT_LEAST, RuleOperator.AT_MOST, RuleOperator.BETWEEN})


def verdict_of(outcomes: Sequence[Outcome]) -> Verdict:
    """Eligible when all are met, incomplete when none is unmet; what is not published decides nothing.

    A near miss when at most two are unmet and each of these is forgivable, ineligible otherwise.
    """
    unmet = [outcome for outcome in outcomes if outcome.status is RuleStatus.UNMET]
    if unmet:
        near = len(unmet) <= NEAR_MISS_RULES and all(outcome.forgivable for outcome in unmet)
        return Verdict.NEAR_MISS if near else Verdict.INELIGIBLE
    if any(outcome.status is RuleStatus.UNKNOWN for outcome in outcomes):
        return Verdict.INCOMPLETE
    return Verdict.ELIGIBLE


def evaluate(rules: EligibilityRules, facts: FactsAtDate) -> tuple[Outcome, ...]:
    """The outcome of every rule and group, in the order of the rules."""
    return tuple(
        evaluate_group(entry, facts) if isinstance(entry, RuleGroup) else evaluate_rule(entry, facts)
        for entry in rules.all_of
    )


def evaluate_group(group: RuleGroup, facts: FactsAtDate) -> Outcome:
    """Met when one alternative is met, unmet when all are unmet; curing one of them would be enough."""
    alternatives = tuple(evaluate_rule(rule, facts) for rule in group.any_of)
    statuses = {outcome.status for outcome in alternatives}
    parameters: dict[str, Parameter] = {"count": len(alternatives)}
    if RuleStatus.MET in statuses:
        return Outcome(RuleStatus.MET, Reason(_met_code(alternatives), parameters), alternatives=alternatives)
    if RuleStatus.UNKNOWN in statuses:
        missing: tuple[Missing, ...] = tuple(
            dict.fromkeys(name for outcome in alternatives for name in outcome.to_supply)
        )
        reason = Reason(ReasonCode.ALTERNATIVES_UNKNOWN, parameters)
        return Outcome(RuleStatus.UNKNOWN, reason, to_supply=missing, alternatives=alternatives)
    cure = next((outcome for outcome in alternatives if outcome.forgivable), None)
    return Outcome(
        RuleStatus.UNMET,
        Reason(ReasonCode.ALTERNATIVES_UNMET, parameters),
        forgivable=cure is not None,
        remedy=cure.remedy if cure else None,
        alternatives=alternatives,
    )


def _met_code(alternatives: Sequence[Outcome]) -> ReasonCode:
    """A group stands at a cliff when every alternative that is met stands at one."""
    met = {outcome.reason.code for outcome in alternatives if outcome.status is RuleStatus.MET}
    near = met == {ReasonCode.RULE_MET_NEAR_CEILING}
    return ReasonCode.ALTERNATIVES_MET_NEAR_CEILING if near else ReasonCode.ALTERNATIVES_MET


def evaluate_rule(rule: Rule, facts: FactsAtDate) -> Outcome:
    reading = facts.read(rule.fact)
    parameters = _requirement(rule)
    if reading.value is None:
        return _unknown(reading, parameters)
    if holds(rule, reading.value):
        near = rule.operator in MEASURED and _near_ceiling(rule, number(reading.value))
        code = ReasonCode.RULE_MET_NEAR_CEILING if near else ReasonCode.RULE_MET
        return Outcome(RuleStatus.MET, Reason(code, parameters))
    return _unmet(rule, reading, parameters)


def holds(rule: Rule, value: Content) -> bool:
    """Whether a known value meets a rule."""
    return _HOLDS[rule.operator](rule, value)


def _unknown(reading: Reading, parameters: dict[str, Parameter]) -> Outcome:
    if reading.stale_since is None:
        reason = Reason(ReasonCode.RULE_UNKNOWN, parameters)
    else:
        reason = Reason(ReasonCode.RULE_STALE, parameters | {"stale_on": reading.stale_since.isoformat()})
    return Outcome(RuleStatus.UNKNOWN, reason, to_supply=reading.to_supply)


def _unmet(rule: Rule, reading: Reading, parameters: dict[str, Parameter]) -> Outcome:
    code, within = ReasonCode.RULE_UNMET, False
    if rule.operator in MEASURED:
        gap, threshold = miss(rule, number(reading.value))
        within = gap * 10_000 <= abs(threshold) * rule.tolerance_basis_points
        code = ReasonCode.RULE_UNMET_GAP if reading.verified else ReasonCode.RULE_UNMET_UNVERIFIED
        parameters = parameters | ({"gap": gap} if reading.verified else {})
    return Outcome(
        RuleStatus.UNMET, Reason(code, parameters), forgivable=rule.curable or within, remedy=rule.remedy
    )


def miss(rule: Rule, measured: int) -> tuple[int, int]:
    """By how much a number misses a measured rule that it does not meet, and the threshold missed."""
    lowest, highest = band(rule)
    if lowest is not None and measured < lowest:
        return lowest - measured, lowest
    return measured - (highest or 0), highest or 0


def band(rule: Rule) -> tuple[int | None, int | None]:
    if isinstance(rule.value, Band):
        return rule.value.lowest, rule.value.highest
    threshold = number(rule.value)
    return (threshold, None) if rule.operator is RuleOperator.AT_LEAST else (None, threshold)


def _near_ceiling(rule: Rule, measured: int) -> bool:
    """A ceiling is a cliff: whoever grows out of a product on the way should know before."""
    _, highest = band(rule)
    return highest is not None and measured * 10_000 > highest * (10_000 - NEAR_CEILING_BASIS_POINTS)


def _requirement(rule: Rule) -> dict[str, Parameter]:
    parameters: dict[str, Parameter] = {"fact": rule.fact.value, "operator": rule.operator.value}
    if rule.unit is not None:
        parameters["unit"] = rule.unit.value
    if isinstance(rule.value, Band):
        return parameters | {"required_lowest": rule.value.lowest, "required_highest": rule.value.highest}
    return parameters if rule.value is None else parameters | {"required": rule.value}


def _codes(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _within_bounds(rule: Rule, value: Content) -> bool:
    lowest, highest = band(rule)
    measured = number(value)
    return (lowest is None or measured >= lowest) and (highest is None or measured <= highest)


def _has_none(rule: Rule, value: Content) -> bool:
    if FACTS[rule.fact].kind is FactKind.CODE:
        return not any(covers(rule.fact, listed, str(value)) for listed in _codes(rule.value))
    return not set(_codes(value)) & set(_codes(rule.value))


def covers(fact: FactName, listed: str, code: str) -> bool:
    """Whether a listed code is the code itself or stands above it in its tree.

    District codes (GB/T 2260) end in pairs of zeros for city and province: 320600 covers 320602, 320000 both.
    Industry codes (GB/T 4754) grow to the right: C covers C37 and C3731.
    """
    if fact is FactName.DISTRICT:
        stem = listed
        while stem.endswith("00"):
            stem = stem[:-2]
        return code.startswith(stem)
    return code.startswith(listed)


_HOLDS: Mapping[RuleOperator, Callable[[Rule, Content], bool]] = {
    RuleOperator.AT_LEAST: _within_bounds,
    RuleOperator.AT_MOST: _within_bounds,
    RuleOperator.BETWEEN: _within_bounds,
    RuleOperator.IS_ONE_OF: lambda rule, value: value in _codes(rule.value),
    RuleOperator.HAS_ANY_OF: lambda rule, value: bool(set(_codes(value)) & set(_codes(rule.value))),
    RuleOperator.HAS_ALL_OF: lambda rule, value: set(_codes(rule.value)) <= set(_codes(value)),
    RuleOperator.HAS_NONE_OF: _has_none,
    RuleOperator.IS_TRUE: lambda _, value: value is True,
    RuleOperator.IS_FALSE: lambda _, value: value is False,
    RuleOperator.WITHIN_LIST: lambda rule, value: any(
        covers(rule.fact, listed, str(value)) for listed in _codes(rule.value)
    ),
}
