"""`matchmaking demo`: puts the demo in without serving, also beside an instance that serves already."""

import asyncio

from matchmaking.settings import Settings
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_demo
from scripts.failures import require_stand_alone
from scripts.invitation import outcome_of
from scripts.speaking import both_lines, to_people
from scripts.standing import started_or_joined


def load_and_tell(settings: Settings) -> None:
    require_stand_alone(settings, "demo")
    with started_or_joined(settings) as standing:
        password = DemoPassword.of(settings.state.absolute())
        changes = asyncio.run(load_demo(settings, standing.foundation, password))
    speaker = to_people()
    speaker.print(outcome_of(changes))
    speaker.print(both_lines("cli.demo_password", password=password.text), soft_wrap=True)
