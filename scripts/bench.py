"""`matchmaking bench`: measures this service on this machine, in one run that anybody can repeat."""

import json
from pathlib import Path
from typing import Annotated

import typer

from scripts.failures import ExplainingGroup
from scripts.speaking import to_people

app = typer.Typer(cls=ExplainingGroup, help="测量本机上的性能。Measures this service on this machine.")


@app.callback()
def bench() -> None:
    """测量本机上的性能。Measures this service on this machine."""


@app.command()
def capabilities(
    numbers: Annotated[
        list[int] | None, typer.Option("--number", min=30, help="能力数，可重复。How many; repeatable.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="小规模快速运行。Small numbers.")] = False,  # noqa: FBT002
    demands: Annotated[int, typer.Option(min=2, max=1000, help="需求数。How many demands are put.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。Prints one JSON document.")] = False,  # noqa: FBT002
    postgres_bin: Annotated[
        Path | None,
        typer.Option(envvar="MATCHMAKING_POSTGRES_BIN", help="PostgreSQL 的 bin 目录。Its bin folder."),
    ] = None,
) -> None:
    """一次匹配筛选全部科研能力的时间，与同类及下限相比。Screening every capability, beside peers."""
    from scripts.benches.ranking.capability_measuring import (  # noqa: PLC0415
        QUICK_SIZES,
        SIZES,
        measure_capabilities,
    )
    from scripts.benches.ranking.capability_report import document, show  # noqa: PLC0415

    sizes = tuple(numbers) if numbers else QUICK_SIZES if quick else SIZES
    results = measure_capabilities(sizes, demands, postgres_bin)
    if as_json:
        typer.echo(json.dumps(document(results), ensure_ascii=False, indent=2))
    else:
        show(results, to_people())


@app.command()
def http(
    rounds: Annotated[int, typer.Option(min=1, max=50, help="轮数。Interleaved rounds.")] = 5,
    seconds: Annotated[
        float, typer.Option(min=0.02, max=10, help="每轮每项的秒数。Seconds for a case in a round.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。Prints one JSON document.")] = False,  # noqa: FBT002
    postgres_bin: Annotated[
        Path | None,
        typer.Option(envvar="MATCHMAKING_POSTGRES_BIN", help="PostgreSQL 的 bin 目录。Its bin folder."),
    ] = None,
) -> None:
    """每秒请求数、延迟及与空接口之比。Requests per second, latencies, and ratios to an empty endpoint."""
    # Importing the application takes a second that other commands should not wait for.
    from scripts.benches.measuring import measure  # noqa: PLC0415
    from scripts.benches.report import show  # noqa: PLC0415

    report = measure(rounds, seconds, postgres_bin, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(report.document(), ensure_ascii=False, indent=2))
    else:
        show(report, to_people())


@app.command()
def ranking(
    quick: Annotated[bool, typer.Option("--quick", help="小规模快速运行。Small sizes.")] = False,  # noqa: FBT002
    needs: Annotated[int, typer.Option(min=2, max=1000, help="需求数。How many needs are put.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。Prints one JSON document.")] = False,  # noqa: FBT002
    postgres_bin: Annotated[
        Path | None,
        typer.Option(envvar="MATCHMAKING_POSTGRES_BIN", help="PostgreSQL 的 bin 目录。Its bin folder."),
    ] = None,
) -> None:
    """一次匹配筛选全部产品的时间，与 PostgreSQL 及下限相比。Screening every product, beside peers."""
    from scripts.benches.ranking.measuring import QUICK_SIZES, SIZES, measure_ranking  # noqa: PLC0415
    from scripts.benches.ranking.report import document, show  # noqa: PLC0415

    report = measure_ranking(QUICK_SIZES if quick else SIZES, needs, postgres_bin)
    if as_json:
        typer.echo(json.dumps(document(report), ensure_ascii=False, indent=2))
    else:
        show(report, to_people())


if __name__ == "__main__":
    app()
