from city import product_draft, need_draft


async def test_smoke(city):
    pm, mill, off, clerk = city.product_manager, city.mill, city.official, city.clerk

    def ok(r, status=200):
        assert r.status_code == status, r.text
        return r.json()

    ok(await pm.get("/v1/credit-products"))
    p = ok(await pm.post("/v1/credit-products", product_draft()), 201)
    a = ok(
        await pm.post(
            f"/v1/credit-products/{p['id']}/adoptions",
            {"unit_id": str(pm.actor.unit_id), "territory": ["320602"]},
        ),
        201,
    )
    p = ok(await pm.post(f"/v1/credit-products/{p['id']}/submit", seen=p["version"]))
    print(ok(await off.get("/v1/tasks")))
    p = ok(await off.post(f"/v1/credit-products/{p['id']}/open", seen=p["version"]))
    n = ok(await mill.post("/v1/financing-needs", need_draft(mill.actor.person_id)), 201)
    n = ok(await mill.post(f"/v1/financing-needs/{n['id']}/submit", seen=n["version"]))
    n = ok(await off.post(f"/v1/financing-needs/{n['id']}/open", seen=n["version"]))
    run = ok(await mill.post("/v1/match-runs", {"need_id": n["id"]}), 201)
    print(run)
    c = run["candidates"][0]
    i = ok(await mill.post("/v1/introductions", {"candidate_id": c["id"]}), 201)
    for step in ("accept", "contact", "begin-diligence", "offer"):
        i = ok(await clerk.post(f"/v1/introductions/{i['id']}/{step}", seen=i["version"]))
    n = ok(await clerk.get(f"/v1/financing-needs/{n['id']}"))
    assert n["state"] == "in_talks"
    ag = ok(
        await clerk.post(
            "/v1/agreements",
            {
                "introduction_id": i["id"],
                "nature": "loan_contract",
                "parties": [
                    {"organization_id": str(mill.actor.organization_id), "role": "borrower"},
                    {"organization_id": str(clerk.actor.organization_id), "role": "lender"},
                ],
                "terms": {"title": "流动资金贷款", "amount_fen": 300000000},
            },
        ),
        201,
    )
    ag = ok(
        await clerk.post(
            f"/v1/agreements/{ag['id']}/acknowledge", {"text_sha256": ag["text_sha256"]}, seen=ag["version"]
        )
    )
    ag = ok(
        await mill.post(
            f"/v1/agreements/{ag['id']}/acknowledge",
            {"text_sha256": ag["text_sha256"], "outcome_consent": True},
            seen=ag["version"],
        )
    )
    assert ag["state"] == "signed" and ag["grade"] == "E1", ag
    from datetime import date

    f = ok(
        await clerk.post(
            f"/v1/agreements/{ag['id']}/fulfilment-facts",
            {"kind": "disbursement", "happened_on": date.today().isoformat(), "amount_fen": 300000000},
        ),
        201,
    )
    f = ok(await mill.post(f"/v1/fulfilment-facts/{f['id']}/confirm", seen=f["version"]))
    print(f)
    print(ok(await off.get("/v1/tracking")))
    print(ok(await mill.get("/v1/journal-entries")))
