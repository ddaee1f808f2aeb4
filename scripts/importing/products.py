"""Credit products of a bank from rows: new ones as drafts, changed terms as a new version."""

import json
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.db.session import WriteSession
from matchmaking.errors import Conflict
from matchmaking.services.credit_products import change_product, create_product, latest_version
from matchmaking.tables.offers import CreditProduct
from schemas.credit_products import CreditProductChange, CreditProductCreate
from schemas.vocabulary import (
    GuaranteeFeePayment,
    GuaranteeMode,
    LprTerm,
    ProductKind,
    PurposeKind,
    RateKind,
    RepaymentMethod,
)
from scripts.importing.acting import Outcome
from scripts.importing.cells import (
    Column,
    code_of,
    codes_of,
    day,
    percent,
    plain,
    several,
    structure,
    wan,
    whole,
    yuan,
)
from scripts.importing.rows import Raw

RATE = ("terms", "rate")


def _rules(cell: str) -> Any:
    found = structure(cell)
    return {"all_of": found} if isinstance(found, list) else found


COLUMNS = (
    Column("source", "来源系统", ("source",), plain, required=True),
    Column("external_id", "来源编号", ("external_id",), plain, required=True),
    Column("kind", "产品种类", ("kind",), code_of(ProductKind), required=True),
    Column("name_zh", "产品名称", ("name_zh",), plain, required=True),
    Column("name_en", "英文名称", ("name_en",), plain),
    Column("valid_until", "有效期至", ("valid_until",), day, required=True),
    Column("smallest_amount", "最低额度（元）", ("terms", "smallest_amount_fen"), yuan),
    Column("smallest_amount_wan", "最低额度（万元）", ("terms", "smallest_amount_fen"), wan),
    Column("largest_amount", "最高额度（元）", ("terms", "largest_amount_fen"), yuan),
    Column("largest_amount_wan", "最高额度（万元）", ("terms", "largest_amount_fen"), wan),
    Column("shortest_tenor_months", "最短期限（月）", ("terms", "shortest_tenor_months"), whole),
    Column("longest_tenor_months", "最长期限（月）", ("terms", "longest_tenor_months"), whole),
    Column("rate_kind", "利率方式", (*RATE, "kind"), code_of(RateKind)),
    Column("lpr_term", "LPR期限", (*RATE, "lpr_term"), code_of(LprTerm)),
    Column("lowest_rate_percent", "最低利率或加点（%）", (*RATE, "lowest_basis_points"), percent),
    Column("highest_rate_percent", "最高利率或加点（%）", (*RATE, "highest_basis_points"), percent),
    Column("purposes", "用途", ("terms", "purposes"), codes_of(PurposeKind)),
    Column("guarantee_modes", "担保方式", ("terms", "guarantee_modes"), codes_of(GuaranteeMode)),
    Column("repayment_methods", "还款方式", ("terms", "repayment_methods"), codes_of(RepaymentMethod)),
    Column("guarantee_fee_percent", "担保费率（%）", ("terms", "guarantee_fee_basis_points"), percent),
    Column(
        "guarantee_fee_payment",
        "担保费支付方式",
        ("terms", "guarantee_fee_payment"),
        code_of(GuaranteeFeePayment),
    ),
    Column("appraisal_fee", "评估费（元）", ("terms", "appraisal_fee_fen"), yuan),
    Column("appraisal_fee_percent", "评估费率（%）", ("terms", "appraisal_fee_basis_points"), percent),
    Column("other_fees", "其他一次性费用（元）", ("terms", "other_fees_fen"), yuan),
    Column("other_fees_percent", "其他一次性费率（%）", ("terms", "other_fees_basis_points"), percent),
    Column("days_to_money", "放款工作日", ("terms", "days_to_money"), whole),
    Column("documents", "材料清单", ("terms", "documents"), several),
    Column("cap_formulas", "额度公式", ("terms", "cap_formulas"), structure),
    Column("rules", "准入条件", ("terms", "rules"), _rules, required=True),
)
NOT_PUBLISHED: Raw = {
    "rate": {"kind": "unknown"},
    "purposes": [],
    "guarantee_modes": [],
    "repayment_methods": [],
}


def complete(raw: Raw) -> Raw:
    """What a row leaves out is not published; only rules are never assumed to be none."""
    terms = {**NOT_PUBLISHED, **raw.get("terms", {})}
    terms["rate"] = {"kind": "unknown", **terms["rate"]}
    return {**raw, "terms": terms}


async def store(session: WriteSession, actor: Actor, draft: CreditProductCreate) -> Outcome:
    found = select(CreditProduct).where(
        col(CreditProduct.organization_id) == actor.organization_id,
        col(CreditProduct.source) == draft.source,
        col(CreditProduct.external_id) == draft.external_id,
    )
    product = (await session.execute(found)).scalar_one_or_none()
    if product is None:
        await create_product(session, actor, draft)
        return "added"
    if product.kind is not draft.kind:
        raise Conflict("import_kind_fixed", pointer="/kind")
    change = CreditProductChange(**await _differences(session, product, draft))
    if not change.model_fields_set:
        return "unchanged"
    await change_product(session, actor, product.id, change, product.version)
    return "changed"


async def _differences(session: WriteSession, product: CreditProduct, draft: CreditProductCreate) -> Raw:
    """Fields that the row says otherwise; an English name that it leaves out stays."""
    names = ("name_zh", "name_en", "valid_until")
    told = {name: value for name in names if (value := getattr(draft, name)) is not None}
    changed = {name: value for name, value in told.items() if getattr(product, name) != value}
    version = await latest_version(session, product)
    if _canonical(version.terms) != _canonical(draft.terms.model_dump(mode="json")):
        changed["terms"] = draft.terms
    return changed


def _canonical(terms: Raw) -> str:
    return json.dumps(terms, sort_keys=True)
