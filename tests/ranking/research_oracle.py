"""The verdict on capabilities decided a second time, naively, from the plain JSON of a request."""

from typing import Any


def verdicts(request: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """Verdict, and whether only so far as published, by candidate id; excluded ones are not there."""
    demand = request["demand"]
    found = {}
    for one in request["candidates"]:
        if one["organization_id"] in demand["excluded_organization_ids"]:
            continue
        if one["unit_id"] in demand["excluded_unit_ids"]:
            continue
        conditions = [
            _modes(demand, one),
            _readiness(demand, one),
            _budget(demand, one),
            {None: "silent", 0: "unmet"}.get(one["free_projects"], "met"),
            "met" if request["reference_date"] <= one["valid_until"] else "unmet",
        ]
        verdict = _verdict(conditions)
        found[one["candidate_id"]] = verdict, verdict == "eligible" and "silent" in conditions
    return found


def _verdict(conditions: list[str]) -> str:
    if "unmet" in conditions:
        return "ineligible"
    if "close" in conditions:
        return "near_miss"
    return "incomplete" if "open" in conditions else "eligible"


def _modes(demand: dict[str, Any], one: dict[str, Any]) -> str:
    if one["modes"] == []:
        return "silent"
    if demand["modes"] == []:
        return "open"
    return "met" if any(mode in one["modes"] for mode in demand["modes"]) else "unmet"


def _readiness(demand: dict[str, Any], one: dict[str, Any]) -> str:
    wanted, reached_from, reached_to = demand["readiness_wanted"], one["readiness_from"], one["readiness_to"]
    if reached_from is None and reached_to is None:
        return "silent"
    if wanted is None:
        return "open"
    if reached_to is None:
        return "met" if reached_from >= wanted else "silent"
    if reached_to >= wanted:
        return "met"
    return "close" if reached_to == wanted - 1 else "unmet"


def _budget(demand: dict[str, Any], one: dict[str, Any]) -> str:
    lowest, highest = one["smallest_contract_fen"], one["largest_contract_fen"]
    least, most = demand["smallest_budget_fen"], demand["largest_budget_fen"]
    if lowest is None and highest is None:
        return "silent"
    if least is None and most is None:
        return "open"
    if most is not None and lowest is not None and most < lowest:
        return "close" if most >= lowest * 0.8 else "unmet"
    if least is not None and highest is not None and least > highest:
        return "close" if least <= highest * 1.2 else "unmet"
    return "met"
