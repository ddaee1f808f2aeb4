"""What somebody asked of `matchmaking run` on the command line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wishes:
    """`port` 0 takes any free one; `once` ends after the main job; `quiet` prints nothing but failures."""

    port: int
    once: bool = False
    demo: bool = True
    quiet: bool = False
