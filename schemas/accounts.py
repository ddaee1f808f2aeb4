"""What several shapes about accounts share: logins, passwords, credit codes, ways to reach a person."""

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

Login = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9][a-z0-9._@-]{2,63}$", max_length=64, strip_whitespace=True, to_lower=True
    ),
    Field(
        description="Lower-case letters, digits and . _ @ -, 3 to 64 characters; unique in the installation"
    ),
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256)]
NewPassword = Annotated[
    SecretStr,
    Field(min_length=1, max_length=256, description="At least 12 characters, not made of the login"),
]
CreditCode = Annotated[
    str,
    StringConstraints(min_length=18, max_length=24, strip_whitespace=True),
    Field(description="Unified social credit code (GB 32100-2015), check character included"),
]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{4,22}[0-9]$", max_length=24)]
Email = Annotated[
    str, StringConstraints(pattern=r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}$", max_length=254)
]
