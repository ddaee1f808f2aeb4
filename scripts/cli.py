"""The command line `matchmaking`: one function per command, which parses and hands on.

What a command needs is imported when it is asked for, so that help comes at once.
"""

# ruff: noqa: PLC0415 - see above

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from matchmaking.settings import Settings
from scripts.failures import ASKED_WRONGLY, CommandRefused, ExplainingGroup
from scripts.signals import held_back, terminable

USUAL_PORT = 8000
LARGEST_PORT = 65_535

app = typer.Typer(
    cls=ExplainingGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="企业融资与技术需求匹配。Matches financing needs with bank products and keeps what was signed.",
)

Port = Annotated[
    int, typer.Option(min=0, max=LARGEST_PORT, help="端口，0 为任意空闲端口 Port, 0 takes any free one")
]


@app.command()
def run(
    *,
    port: Port = USUAL_PORT,
    once: Annotated[
        bool, typer.Option("--once", help="主流程结束后退出 Stop after the main job; 1 when it failed")
    ] = False,
    demo: Annotated[
        bool,
        typer.Option("--demo/--no-demo", help="装入演示数据，运行主流程 Demo and main job"),
    ] = True,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只说出错原因 Say only what failed")] = False,
) -> None:
    """单机试用并演示主流程。Start everything, show the main job."""
    with held_back():
        from scripts.running import run as run_trial
        from scripts.wishes import Wishes

    with terminable():
        raise typer.Exit(run_trial(Settings(), Wishes(port, once, demo, quiet)))


@app.command()
def serve(
    *,
    port: Port = USUAL_PORT,
    host: Annotated[str, typer.Option(help="监听地址 Address to listen on")] = "127.0.0.1",
    trusted_proxy: Annotated[
        list[str] | None, typer.Option(help="可信的反向代理 Whose X-Forwarded-For counts; repeatable")
    ] = None,
) -> None:
    """只提供服务。Serve only; also with DATABASE_URL."""
    with held_back():
        from scripts.serving import serve_only

    with terminable():
        serve_only(Settings(), port, host, tuple(trusted_proxy or ()))


@app.command()
def worker() -> None:
    """执行后台任务。Do what waits in the background."""
    with held_back():
        from scripts.working import work_until_stopped

    with terminable():
        work_until_stopped(Settings())


@app.command()
def vectors(
    *,
    make: Annotated[bool, typer.Option("--make", help="立即编码等待的文本 Encode now what waits")] = False,
    ship: Annotated[
        bool, typer.Option("--ship", help="写出演示数据的向量 Write the file of the demo's vectors")
    ] = False,
) -> None:
    """语义向量的进度。How many texts have their vectors."""
    with held_back():
        from scripts.vectors import show

    raise typer.Exit(show(Settings(), make=make, ship=ship))


@app.command()
def migrate() -> None:
    """升级数据库结构。Migrate the database."""
    with held_back():
        from scripts.migrating import head, migrate_to_head
        from scripts.speaking import both_lines, to_people
        from scripts.standing import started

    with started(Settings()) as standing:
        migrate_to_head(standing.foundation.owner_url)
    to_people().print(both_lines("cli.migrated", head=head()))


@app.command()
def demo() -> None:
    """装入演示数据，可重复。Load the demo; can be repeated."""
    with held_back():
        from scripts.loading_demo import load_and_tell

    load_and_tell(Settings())


@app.command()
def tidy() -> None:
    """清理过期的登录与应答记录。Delete what has served its purpose."""
    with held_back():
        from scripts.tidying import tidy_and_tell

    tidy_and_tell(Settings())


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="公开检索数据集 Folder of a public collection")],
    *,
    judged: Annotated[
        bool, typer.Option("--judged", help="只对已评判的列表排序 Rank the lists of candidates.tsv only")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象 One object per line")] = False,
    encode: Annotated[
        bool, typer.Option("--encode/--no-encode", help="计算缺少的向量 Encode texts that have no vector")
    ] = True,
) -> None:
    """用公开数据集评测相关度。Measure the relevance of texts on a public collection."""
    with held_back():
        from scripts.evaluate import Wishes
        from scripts.evaluate import evaluate as measure

    raise typer.Exit(measure(folder, Wishes(judged=judged, as_json=as_json, encode=encode)))


@app.command()
def intake(
    folder: Annotated[
        Path | None,
        typer.Argument(help="公开检索数据集，默认参考需求 Public collection; else the 100 demands"),
    ] = None,
    *,
    only: Annotated[str | None, typer.Option(help="只列出有此建议的需求 List those with this advice")] = None,
) -> None:
    """统计填报建议。Count the advice on lists of demands."""
    with held_back():
        from schemas.vocabulary import AdviceCode
        from scripts.intake import report

    if only is not None and only not in set(AdviceCode):
        raise CommandRefused("cli.advice_unknown", {"allowed": ", ".join(AdviceCode)}, ASKED_WRONGLY)
    report(folder, None if only is None else AdviceCode(only))


@app.command()
def create_official(
    *,
    name: Annotated[str, typer.Option(prompt="姓名 Name", help="姓名 Name")],
    login: Annotated[str, typer.Option(prompt="登录名 Login", help="登录名 Login")],
    line_of_duty: Annotated[
        str,
        typer.Option(help="条线，如 finance Line of duty"),
    ] = "finance",
    area: Annotated[str, typer.Option(help="地区代码 Area, six digits")] = "320600",
    organization: Annotated[
        str | None, typer.Option(help="政府机构名称，没有则建立 Government organization, made when missing")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="从标准输入读密码 Read the password from standard input")
    ] = False,
) -> None:
    """建立首个政府账户。Make the first official's account."""
    with held_back():
        from scripts.first_official import Official, make_and_tell, typed_password

    given = sys.stdin if password_stdin else None
    official = Official.of(name, login, line_of_duty, area, organization)
    make_and_tell(Settings(), official, typed_password(official.login, given))


@app.command()
def reset_password(login: Annotated[str, typer.Argument(help="登录名 Login")]) -> None:
    """为无人可帮的账户重置密码。Reset a password nobody else can."""
    with held_back():
        from scripts.password_reset import reset_and_tell

    reset_and_tell(Settings(), login)


@app.command("import")
def import_file(
    kind: Annotated[str, typer.Argument(help="products, capabilities, facts, honours")],
    file: Annotated[Path, typer.Argument(help="CSV 文件 CSV file; docs/import.md")],
    *,
    organization: Annotated[
        str, typer.Option(help="机构的统一社会信用代码或名称 Credit code or Chinese name")
    ],
) -> None:
    """从 CSV 装入产品、能力、事实、荣誉。Load listings from CSV."""
    with held_back():
        from scripts.importing.command import load_and_tell
        from scripts.importing.loading import Kind

    if kind not in set(Kind):
        raise CommandRefused("import.kind_unknown", {"allowed": ", ".join(Kind)}, ASKED_WRONGLY)
    load_and_tell(Settings(), Kind(kind), file, organization)


@app.command()
def export_openapi(
    *,
    check: Annotated[bool, typer.Option("--check", help="只比较 Compare, write nothing")] = False,
    file: Annotated[Path | None, typer.Option(help="默认 openapi.yaml By default openapi.yaml")] = None,
) -> None:
    """写出或核对 openapi.yaml。Write or check openapi.yaml."""
    with held_back():
        from scripts.export_openapi import COMMITTED, compare, write

    (compare if check else write)(file or COMMITTED)


@app.command()
def doctor(*, port: Port = USUAL_PORT) -> None:
    """检查本机和安装。Look for what is wrong here."""
    with held_back():
        from scripts.doctor import examine

    raise typer.Exit(examine(Settings, port))


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": ["--help-of-bench"],
    }
)
def bench(context: typer.Context) -> None:
    """性能测量。Measure the service: bench http, bench ranking."""
    if find_spec("scripts.bench") is None:
        raise CommandRefused("cli.bench_missing", exit_code=ASKED_WRONGLY)
    with held_back():
        from scripts.bench import app as benches

    benches(args=context.args or ["--help"], prog_name="matchmaking bench")


if __name__ == "__main__":
    app(prog_name="matchmaking")
