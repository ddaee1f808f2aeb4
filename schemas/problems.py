"""How refusals look on the wire (RFC 9457), and how their kinds are documented."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

MOST_ERRORS = 20

Location = Literal["body", "query", "path", "header", "cookie"]


class FieldProblem(BaseModel):
    """What is wrong with one value. The value itself is never repeated."""

    pointer: Annotated[str, Field(description="JSON Pointer (RFC 6901) to the value; empty for the whole")]
    location: Annotated[Location, Field(description="The part of the request that the pointer starts in")]
    code: Annotated[str, Field(description="Stable; documented at /problems/{code}")]
    detail: Annotated[str, Field(description="What is wrong and how to mend it, in the caller's language")]


class Problem(BaseModel):
    """Every answer with a status of 400 or above."""

    type: Annotated[str, Field(description="Relative reference of the documentation: /problems/{code}")]
    title: Annotated[str, Field(description="The kind of problem, in the caller's language")]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(description="This occurrence and how to mend it, in the caller's language")]
    instance: Annotated[str, Field(description="This occurrence: the type with the request id as fragment")]
    code: Annotated[str, Field(description="Stable name to decide by; texts may change")]
    request_id: Annotated[str, Field(description="The same as in the X-Request-ID header")]
    errors: Annotated[
        list[FieldProblem],
        Field(default_factory=list, max_length=MOST_ERRORS, description="The first 20 values at fault"),
    ]


class Words(BaseModel):
    """One text in both languages."""

    zh: str
    en: str


class ProblemDocument(BaseModel):
    """What a problem type means. Texts may hold `{names}` that an occurrence fills in."""

    type: str
    code: str
    status: Annotated[int | None, Field(description="Absent for codes of single fields")] = None
    title: Words | None = None
    detail: Words
    mend: Words | None = None


class ProblemDocuments(BaseModel):
    items: list[ProblemDocument]
