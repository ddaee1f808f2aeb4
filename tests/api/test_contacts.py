"""Whom to call about a need: told to the provider that the need was introduced to, and to nobody else."""

import pytest

from city import City
from tests.api.steps import done, path_of

pytestmark = pytest.mark.database


async def test_only_the_introduced_provider_reads_whom_to_call(city: City) -> None:
    path = await path_of(city).reach("requested")
    there = f"/v1/financing-needs/{path.need['id']}"
    assert (await city.other_clerk.get(there)).status_code == 404
    assert done(await city.official.get(there))["contact"] is None
    for member in (city.mill, city.clerk):
        assert done(await member.get(there))["contact"]["display_name"] == "测试人员"
    listed = done(await city.mill.get("/v1/financing-needs"))["items"]
    assert all(need["contact"] is None for need in listed)
