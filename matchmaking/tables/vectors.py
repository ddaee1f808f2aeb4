"""Vectors of what is listed and asked, and which texts still wait for theirs.

Both follow from the texts: triggers note every text that is new, and a vector names the digest of its text.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, text
from sqlmodel import Field, SQLModel

from matchmaking.tables.base import Instant, Row, text_enum
from matchmaking.tables.row_security import OWN, Policy, RowSecurity, everything


class VectorSubject(StrEnum):
    """Whose texts they are, by the name of the table."""

    CAPABILITY = "capability"
    RESEARCH_DEMAND = "research_demand"


class ListingVectors(SQLModel, table=True):
    """All vectors of one listing by one encoder: `digests` of 16 bytes each, `vectors` a byte a number.

    Both in the order of the listing's texts, as `matchmaking.ranking.meaning` takes them apart.
    """

    __tablename__ = "listing_vectors"
    metadata = Row.metadata

    listing_id: UUID = Field(primary_key=True)
    model: str = Field(primary_key=True)
    subject: VectorSubject = Field(sa_type=text_enum(VectorSubject))
    organization_id: UUID = Field(foreign_key="organization.id")
    digests: bytes
    vectors: bytes
    made_at: datetime = Field(sa_type=Instant)


class TextToEncode(SQLModel, table=True):
    """A listing with a text that nobody has encoded yet. Rows are only added and taken away.

    `attempts` counts how often an encoder failed at it.
    """

    __tablename__ = "text_to_encode"
    metadata = Row.metadata

    number: int = Field(sa_column=Column(BigInteger, Identity(), primary_key=True))
    subject: VectorSubject = Field(sa_type=text_enum(VectorSubject))
    listing_id: UUID
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


# Text by text it is noted what is to be encoded; vector by vector that a catalogue has something new.
NOTING_FUNCTIONS = """
CREATE FUNCTION note_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO text_to_encode (subject, listing_id) VALUES (TG_TABLE_NAME, NEW.id);
    RETURN NULL;
END
$$;
CREATE FUNCTION note_vectors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalogue_change (transaction_id, subject, subject_id)
    VALUES (pg_current_xact_id()::text::bigint, 'capability', NEW.listing_id);
    RETURN NULL;
END
$$
"""
TEXTS = {
    "capability": ("title_zh", "title_en", "fields", "description", "past_work"),
    "research_demand": ("title", "problem", "public_abstract", "indicators"),
}
NOTING_TRIGGERS = {
    table: f'CREATE TRIGGER note_text AFTER INSERT OR UPDATE OF {", ".join(columns)} ON "{table}"'
    " FOR EACH ROW EXECUTE FUNCTION note_text()"
    for table, columns in TEXTS.items()
} | {
    "listing_vectors": 'CREATE TRIGGER note_vectors AFTER INSERT OR UPDATE ON "listing_vectors" FOR EACH ROW'
    " WHEN (NEW.subject = 'capability') EXECUTE FUNCTION note_vectors()"
}
BY_TRIGGERS_ONLY = "pg_trigger_depth() > 0"

ROW_SECURITY: RowSecurity = {
    # A demand can be guessed from its vectors: whoever may not read it may not read them.
    "listing_vectors": (
        Policy("app", "select", OWN),
        *everything("select", "insert", "update", "delete"),
    ),
    "text_to_encode": (
        Policy("app", "insert", BY_TRIGGERS_ONLY),
        *everything("select", "insert", "update", "delete"),
    ),
}
