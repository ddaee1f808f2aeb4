"""`python -m scripts` is `matchmaking`."""

from scripts.cli import app

if __name__ == "__main__":
    app(prog_name="matchmaking")
