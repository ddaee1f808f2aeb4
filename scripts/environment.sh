# shellcheck shell=bash
# Sourced by run.sh and test.sh: goes to the checkout, checks the platform, finds a Python and makes or renews .venv.
# Knows nothing of what is run afterwards.

set -euo pipefail
shopt -s lastpipe

# LC_ALL=C with a Chinese path keeps the Python of an environment from starting.
export LC_ALL=C.UTF-8 PYTHONUTF8=1
unset PYTHONHOME PYTHONPATH CDPATH

# A sentence in Chinese, the same in English, and the end.
refuse() {
    printf '%s\n%s\n' "$1" "$2" >&2
    exit 1
}

say() {
    printf '%s / %s\n' "$1" "$2" >&2
}

check_platform() {
    local platform
    platform="$(uname -s) $(uname -m)"
    [[ $platform == "Linux x86_64" ]] || refuse \
        "本系统只能在 Linux x86_64 上运行，而这台机器是 $platform。" \
        "This runs on Linux x86_64 only, and this machine is $platform."
}

# The program behind $1, outside any environment, when it is Python 3.11 or later on glibc.
base_of() {
    "$1" -c 'import os, platform, sys
if sys.version_info < (3, 11) or platform.libc_ver()[0] != "glibc" or sys.maxsize < 2**32: sys.exit(1)
print(sys._base_executable)' 2>/dev/null
}

find_python() {
    local candidate
    if [[ -n ${PYTHON:-} ]]; then
        base_of "$PYTHON" || refuse \
            "PYTHON 指定的 $PYTHON 不能使用：需要 Python 3.11 或更高版本（glibc，64 位）。" \
            "PYTHON names $PYTHON, which cannot be used: Python 3.11 or later (glibc, 64 bit) is needed."
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11; do
        base_of "$candidate" && return
    done
    refuse \
        "找不到 Python 3.11 或更高版本；请先安装，或用环境变量 PYTHON 指定。" \
        "No Python 3.11 or later was found; install one, or name it in the variable PYTHON."
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

# What the environment is made of: this path, these files, the version of its Python.
stamp() {
    local version
    version=$(version_of .venv/bin/python) || return 1
    printf '%s\n%s\n%s\n' "$PWD" "$(cat requirements.lock pyproject.toml | sha256sum)" "$version"
}

is_current() {
    local found
    [[ -f .venv/installed ]] && found=$(stamp) && [[ $found == "$(<.venv/installed)" ]] || return 1
    [[ -z ${PYTHON:-} ]] || [[ $(version_of "$PYTHON") == "${found##*$'\n'}" ]]
}

# Whether pip can go on in it: not half made, not moved, its Python and pip there and of the wanted version.
is_reusable() {
    local version path
    [[ ! -e .venv/unfinished ]] && version=$(version_of .venv/bin/python) || return 1
    [[ -d .venv/lib/python$version/site-packages && $version == "$(version_of "$1")" ]] || return 1
    if [[ -f .venv/installed ]]; then
        read -r path <.venv/installed
        [[ $path == "$PWD" ]] || return 1
    fi
    .venv/bin/python -m pip --version >/dev/null 2>&1
}

# Run a step of the installation: its output goes to the log, one line on the screen moves, a failure is explained.
watched() {
    local line last='' error='' cause='' count=0 total
    total=$(grep -c '^[A-Za-z0-9].*==' requirements.lock)
    "$@" 2>&1 | while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log" || true
        [[ -z ${line// /} ]] || last=$line
        case $line in
            Collecting* | "Requirement already satisfied"*) count=$((count + 1)) ;;
            "ERROR: "*) error=${error:-${line#ERROR: }} ;;&
            *"No space left on device"* | *"Disk quota exceeded"*) cause=disk ;;
            *"Read-only file system"* | *"Permission denied"*) cause=${cause:-denied} ;;
            *"DO NOT MATCH THE HASHES"*) cause=${cause:-hashes} ;;
            *"NewConnectionError"* | *"NameResolutionError"* | *"Connection refused"* | *"timed out"* | \
                *"Network is unreachable"* | *"ProxyError"* | *"SSLError"*) cause=${cause:-network} ;;
        esac
        [[ ! -t 2 ]] || printf '\r正在安装依赖 / installing: %d / %d ' "$((count < total ? count : total))" "$total" >&2
    done || explain "$cause" "${error:-$last}"
}

explain() {
    [[ ! -t 2 ]] || printf '\n' >&2
    case $1 in
        disk) refuse "磁盘已满，依赖没有装完；请清理后重新运行（日志：$log）。" \
            "The disk is full and the installation is incomplete; free some space and run this again (log: $log)." ;;
        denied) refuse "没有权限写入 $PWD/.venv，依赖没有装完（日志：$log）。" \
            "$PWD/.venv cannot be written, the installation is incomplete (log: $log)." ;;
        network) refuse "无法连接软件包源，依赖没有装完；请检查网络或 pip 的镜像设置后重新运行（日志：$log）。" \
            "The package index cannot be reached; check the network or pip's mirror and run this again (log: $log)." ;;
        hashes) refuse "下载的软件包与锁定的校验值不符，已停止安装；请检查 pip 的镜像设置（日志：$log）。" \
            "A downloaded package does not match its locked hash; check pip's mirror (log: $log)." ;;
        *) refuse "依赖安装失败：$2（日志：$log）。" "The installation failed: $2 (log: $log)." ;;
    esac
}

refuse_unwritable() {
    refuse "无法写入 $PWD/.venv：没有写入权限或磁盘已满。" \
        "$PWD/.venv cannot be written: no permission, or the disk is full."
}

make_environment() {
    local python=$1 started=$SECONDS
    if ! is_reusable "$python"; then
        "$python" -c 'import ensurepip, venv' 2>/dev/null || refuse \
            "$python 缺少 venv 模块；在 Debian 或 Ubuntu 上请安装 python3-venv。" \
            "$python lacks the module venv; on Debian or Ubuntu install python3-venv."
        rm -rf .venv 2>/dev/null && mkdir .venv 2>/dev/null || refuse_unwritable
    fi
    { : >.venv/unfinished && : >"$log"; } 2>/dev/null || refuse_unwritable
    say "首次运行或依赖有变化，正在安装（日志：$log）" "first run or changed dependencies, installing (log: $log)"
    [[ -x .venv/bin/python ]] && .venv/bin/python -m pip --version >/dev/null 2>&1 || watched "$python" -m venv .venv
    watched pip_install --require-hashes -r requirements.lock
    watched pip_install --no-deps --no-build-isolation --no-index -e .
    { stamp >.venv/installed && rm .venv/unfinished; } 2>/dev/null || refuse_unwritable
    [[ ! -t 2 ]] || printf '\n' >&2
    say "安装完成，用时 $((SECONDS - started)) 秒" "installed in $((SECONDS - started)) s"
}

pip_install() {
    PIP_USER=0 .venv/bin/python -m pip --disable-pip-version-check --no-input install --progress-bar off "$@"
}

# Only one installation at a time; the lock is on a file that is always there and goes with the descriptor.
lock_installation() {
    local take='import fcntl, sys; fcntl.flock(9, fcntl.LOCK_EX | (fcntl.LOCK_NB if sys.argv[1:] else 0))'
    exec 9<requirements.lock
    "$1" -c "$take" now 2>/dev/null && return
    say "另一个安装正在进行，请稍候" "another installation is under way, waiting for it"
    "$1" -c "$take"
}

prepare() {
    local python log=$PWD/.venv/install.log
    check_platform
    is_current && return
    python=$(find_python) || exit 1
    lock_installation "$python"
    is_current || make_environment "$python"
    exec 9<&-
}

# A relative folder is meant from where the caller stands.
case ${MATCHMAKING_STATE:-/} in
    /*) ;;
    *) export MATCHMAKING_STATE="$PWD/$MATCHMAKING_STATE" ;;
esac
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
# The embedded PostgreSQL is ours; what the caller set for another server must not reach it.
if [[ -z ${DATABASE_URL:-} ]]; then
    for name in "${!PG@}"; do unset -v "$name"; done
fi
prepare
