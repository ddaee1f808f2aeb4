"""Organizations: registered by officials, nameless to strangers, renamed by their own people."""

from typing import Any

import pytest
from stdnum.cn import uscc

from city import DISTRICT, City, Member
from tests.access.newcomers import PASSWORD, bearer, signed_in
from tests.api.administrators import administrator

pytestmark = pytest.mark.database


def credit_code(number: int) -> str:
    """A valid code, made up from a number."""
    stem = f"91320600MA{number:07d}"
    return f"{stem}{uscc.calc_check_digit(stem)}"


def registration(**changes: Any) -> dict[str, Any]:
    draft = {
        "kind": "enterprise",
        "name_zh": "江海纺织有限公司",
        "name_en": "Jianghai Textiles",
        "credit_code": credit_code(1),
        "district": DISTRICT,
    }
    return draft | changes


def owner_draft(login: str = "gu.qing") -> dict[str, str]:
    return {"login": login, "display_name": "顾清", "role": "owner"}


NO_OFFICIALS = (
    "mill",
    "product_manager",
    "clerk",
    "observer",
)


async def test_only_officials_register(city: City) -> None:
    for who in NO_OFFICIALS:
        member: Member = getattr(city, who)
        refused = await member.post("/v1/organizations", registration())
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


async def test_strangers_do_not_find_an_enterprise(city: City) -> None:
    path = f"/v1/organizations/{city.mill.actor.organization_id}"
    for stranger in (city.clerk, city.other_mill):
        hidden = await stranger.get(path)
        unknown = await stranger.get("/v1/organizations/019600aa-0000-7000-8000-000000000001")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
        assert hidden.json()["detail"] == unknown.json()["detail"]
        listed = (await stranger.get("/v1/organizations?limit=100")).json()["items"]
        assert str(city.mill.actor.organization_id) not in {item["id"] for item in listed}
    for insider in (city.mill, city.official, city.observer):
        assert (await insider.get(path)).status_code == 200


async def test_a_bank_is_known_to_everybody(city: City) -> None:
    path = f"/v1/organizations/{city.clerk.actor.organization_id}"
    for member in (city.mill, city.other_clerk, city.official):
        assert (await member.get(path)).status_code == 200


WRONG_REGISTRATIONS = (
    ({"credit_code": credit_code(1)[:-1] + "~"}, "/credit_code", "credit_code_wrong"),
    ({"credit_code": "91320600MA0000001O"}, "/credit_code", "credit_code_wrong"),
    ({"credit_code": "123"}, "/credit_code", "text_too_short"),
    ({"kind": "cartel"}, "/kind", "not_among"),
    ({"name_zh": ""}, "/name_zh", "text_too_short"),
    ({"district": "Nantong"}, "/district", "text_form"),
    ({"state": "active"}, "/state", "field_unknown"),
    ({"administrator": owner_draft() | {"role": "helper"}}, "/administrator/role", "not_among"),
    ({"kind": "bank", "administrator": owner_draft()}, "/administrator/role", "role_not_of_kind"),
    (
        {"credit_code": None, "administrator": owner_draft()},
        "/credit_code",
        "administrator_needs_credit_code",
    ),
)


async def test_a_wrong_registration_names_the_field_and_stores_nothing(city: City) -> None:
    before = (await city.official.get("/v1/organizations?limit=100")).json()["items"]
    for changes, pointer, code in WRONG_REGISTRATIONS:
        refused = await city.official.post("/v1/organizations", registration(**changes))
        assert refused.status_code == 422
        faults = [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]]
        assert (pointer, code) in faults
        after = (await city.official.get("/v1/organizations?limit=100")).json()["items"]
        assert before == after


async def test_a_wrong_check_character_is_refused(city: City) -> None:
    good = credit_code(7)
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    refused = await city.official.post("/v1/organizations", registration(credit_code=wrong))
    assert refused.json()["code"] == "credit_code_wrong"


async def test_a_credit_code_is_registered_once(city: City) -> None:
    first = await city.official.post("/v1/organizations", registration())
    assert first.status_code == 201
    spelled_otherwise = f" {credit_code(1)[:9].lower()}-{credit_code(1)[9:].lower()} "
    second = await city.official.post("/v1/organizations", registration(credit_code=spelled_otherwise))
    assert (second.status_code, second.json()["code"]) == (409, "credit_code_taken")


async def test_the_registered_owner_signs_in_and_acts(city: City) -> None:
    made = await city.official.post("/v1/organizations", registration(administrator=owner_draft()))
    organization = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/organizations/{organization['id']}"
    assert (organization["state"], organization["credit_code"]) == ("active", credit_code(1))
    assert made.headers["etag"] == f'"{organization["version"]}"'
    initial = organization["administrator"]["initial_password"]
    body = {"login": "gu.qing", "password": initial, "new_password": PASSWORD}
    owner = await signed_in(city.client, body)
    own = await city.client.get(f"/v1/organizations/{organization['id']}", headers=bearer(owner))
    assert own.json()["name_zh"] == "江海纺织有限公司"


async def test_an_official_enrols_nobody_once_somebody_acts(city: City) -> None:
    made = (await city.official.post("/v1/organizations", registration())).json()
    assert (made["state"], made["administrator"]) == ("unclaimed", None)
    person = owner_draft() | {"unit_id": made["root_unit_id"]}
    clerk = await city.official.post("/v1/people", person | {"role": "accountant"})
    assert (clerk.status_code, clerk.json()["code"]) == (403, "not_your_organization")
    first = await city.official.post("/v1/people", person)
    assert first.status_code == 201
    second = await city.official.post("/v1/people", person | {"login": "ma.li"})
    assert (second.status_code, second.json()["code"]) == (403, "not_your_organization")
    now = (await city.official.get(f"/v1/organizations/{made['id']}")).json()
    assert now["state"] == "active"


async def test_nobody_acts_for_an_organization_without_a_credit_code(city: City) -> None:
    made = (await city.official.post("/v1/organizations", registration(credit_code=None))).json()
    person = owner_draft() | {"unit_id": made["root_unit_id"]}
    refused = await city.official.post("/v1/people", person)
    assert refused.json()["code"] == "administrator_needs_credit_code"


async def test_a_change_asks_for_the_version_seen(city: City) -> None:
    own = await administrator(city, city.clerk)
    path = f"/v1/organizations/{own.actor.organization_id}"
    renamed = {"name_zh": "江海银行"}
    assert (await own.call("PATCH", path, renamed)).status_code == 428
    assert (await own.call("PATCH", path, renamed, seen=7)).status_code == 412
    assert (await own.call("PATCH", path, renamed, headers={"if-match": "*"})).status_code == 400
    assert (await own.get(path)).json()["name_zh"] != "江海银行"
    done = await own.call("PATCH", path, renamed, seen=1)
    assert (done.status_code, done.json()["name_zh"], done.headers["etag"]) == (200, "江海银行", '"2"')
    assert (await own.call("PATCH", path, renamed, seen=1)).status_code == 412


WRONG_CHANGES = (
    ({"name_zh": None}, "/name_zh"),
    ({"credit_code": "x"}, "/credit_code"),
)


async def test_only_names_change(city: City) -> None:
    own = await administrator(city, city.clerk)
    for change, pointer in WRONG_CHANGES:
        path = f"/v1/organizations/{own.actor.organization_id}"
        refused = await own.call("PATCH", path, change, seen=1)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == pointer


async def test_only_its_own_people_rename_an_organization(city: City) -> None:
    path = f"/v1/organizations/{city.clerk.actor.organization_id}"
    stranger = await administrator(city, city.other_clerk)
    for member, code in (
        (city.clerk, "not_permitted"),
        (city.official, "not_permitted"),
        (stranger, "not_your_organization"),
    ):
        refused = await member.call("PATCH", path, {"name_zh": "x"}, seen=1)
        assert (refused.status_code, refused.json()["code"]) == (403, code)


async def test_a_registration_has_one_effect_under_its_key(city: City) -> None:
    draft = registration(administrator=owner_draft())
    missing = await city.client.post("/v1/organizations", json=draft, headers=city.official.headers)
    assert missing.status_code == 400
    first = await city.official.call("POST", "/v1/organizations", draft, key="register-1")
    again = await city.official.call("POST", "/v1/organizations", draft, key="register-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    other = await city.official.call("POST", "/v1/organizations", registration(), key="register-1")
    assert other.status_code == 422


async def test_organizations_are_listed_by_pages_and_kind(city: City) -> None:
    for number in range(2, 7):
        draft = registration(credit_code=credit_code(number), kind="fund", name_zh=f"基金{number}")
        assert (await city.official.post("/v1/organizations", draft)).status_code == 201
    path, names = "/v1/organizations?kind=fund&limit=2", []
    while path:
        page = await city.mill.get(path)
        names += [item["name_zh"] for item in page.json()["items"]]
        following = page.json()["next"]
        path = f"/v1/organizations?kind=fund&limit=2&cursor={following}" if following else ""
        assert ("link" in page.headers) is bool(following)
    assert names == ["基金6", "基金5", "基金4", "基金3", "基金2"]
