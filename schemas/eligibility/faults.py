"""How a validator of this package says what is wrong: a stable code, and what to fill into its text."""


class Unfit(ValueError):
    """`args` are the code and its parameters; as text it starts with the code. Never holds what was sent."""

    def __init__(self, code: str, **parameters: str | int) -> None:
        super().__init__(code, parameters)
        self.code = code
        self.parameters = parameters

    def __str__(self) -> str:
        details = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        return f"{self.code}: {details}" if details else self.code
