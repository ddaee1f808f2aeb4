"""Changes of what is offered, noted by the database itself, so that no way of changing it is forgotten.

Catalogues in memory follow these rows (`matchmaking.services.catalogue_feed`). A row says that something
changed and never what it is now.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, text
from sqlmodel import Field, SQLModel

from matchmaking.tables.base import Instant, Row, text_enum
from matchmaking.tables.row_security import SIGNED_IN, Policy, RowSecurity, everything


class CatalogueSubject(StrEnum):
    """What has changed; a version or an adoption is a change of its product."""

    CREDIT_PRODUCT = "credit_product"
    CAPABILITY = "capability"
    ORGANIZATION = "organization"
    UNIT = "unit"


class CatalogueChange(SQLModel, table=True):
    """`transaction_id` is the whole number of the transaction that changed the subject (xid8).

    Numbers are given before transactions end, so a lower one may become visible after a higher one: readers
    go by the snapshots of transactions, `number` only names a state.
    """

    __tablename__ = "catalogue_change"
    metadata = Row.metadata

    number: int = Field(sa_column=Column(BigInteger, Identity(), primary_key=True))
    transaction_id: int = Field(sa_type=BigInteger, index=True)
    subject: CatalogueSubject = Field(sa_type=text_enum(CatalogueSubject))
    subject_id: UUID
    noted_at: datetime = Field(
        sa_type=Instant, index=True, sa_column_kwargs={"server_default": text("now()")}
    )


NOTING_FUNCTION = """
CREATE FUNCTION note_catalogue_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed record;
    changed_id uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    IF TG_ARGV[1] = 'product_id' THEN changed_id := changed.product_id; ELSE changed_id := changed.id; END IF;
    INSERT INTO catalogue_change (transaction_id, subject, subject_id)
    VALUES (pg_current_xact_id()::text::bigint, TG_ARGV[0], changed_id);
    RETURN NULL;
END
$$
"""


def _trigger(table: str, events: str, subject: CatalogueSubject, key: str = "id", only: str = "") -> str:
    condition = f" WHEN ({only})" if only else ""
    return (
        f'CREATE TRIGGER note_catalogue_change AFTER {events} ON "{table}" FOR EACH ROW{condition}'
        f" EXECUTE FUNCTION note_catalogue_change('{subject}', '{key}')"
    )


_ANY = "INSERT OR UPDATE OR DELETE"
# A new organization or unit offers nothing yet, and enterprises offer nothing at all.
NOTING_TRIGGERS = {
    "credit_product": _trigger("credit_product", _ANY, CatalogueSubject.CREDIT_PRODUCT),
    "credit_product_version": _trigger(
        "credit_product_version", _ANY, CatalogueSubject.CREDIT_PRODUCT, "product_id"
    ),
    "product_adoption": _trigger("product_adoption", _ANY, CatalogueSubject.CREDIT_PRODUCT, "product_id"),
    "capability": _trigger("capability", _ANY, CatalogueSubject.CAPABILITY),
    "organization": _trigger(
        "organization", "UPDATE", CatalogueSubject.ORGANIZATION, only="NEW.kind <> 'enterprise'"
    ),
    "unit": _trigger("unit", "UPDATE", CatalogueSubject.UNIT),
}

BY_TRIGGERS_ONLY = "pg_trigger_depth() > 0"

ROW_SECURITY: RowSecurity = {
    "catalogue_change": (
        Policy("app", "select", SIGNED_IN),
        Policy("app", "insert", BY_TRIGGERS_ONLY),
        Policy("system", "insert", BY_TRIGGERS_ONLY),
        *everything("select", "delete"),
    ),
}
