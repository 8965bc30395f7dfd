"""The tables that a suite needs, once for all of its tests: needs Plinth (npm), and DATABASE_URL.

The contract is docs/ndjson.md, version 1.
"""

import json
import os
import shlex
import subprocess

import pytest

FORMAT = "plinth-events/1"


def run_plinth(*arguments):
    """What the last line of a run says; an error where it did not go well."""
    program = shlex.split(os.environ.get("PLINTH_BIN", "npx --no-install plinth"))
    run = subprocess.run([*program, *arguments, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = run.stdout.splitlines()
    if not lines:
        raise RuntimeError(f"plinth ended with code {run.returncode}: {run.stderr.strip()}")
    outcome = json.loads(lines[-1])
    if outcome.get("format") != FORMAT:
        raise RuntimeError(f"plinth speaks {outcome.get('format')}; this fixture reads {FORMAT}")
    if outcome["type"] == "error":
        raise RuntimeError(f"{outcome['code']}: {outcome['message']} {outcome['hint'] or ''}")
    return outcome["result"]


@pytest.fixture(scope="session")
def tables():
    """Brings `orders`, with all they stand on, into the database of DATABASE_URL; workers may do so at once."""
    return run_plinth("apply", "--migrations", os.environ.get("MIGRATIONS", "db/migrations"), "--tables", "orders")
