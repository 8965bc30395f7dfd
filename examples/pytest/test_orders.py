import os

import pytest
from conftest import run_plinth


def test_orders_are_there(tables):
    assert tables["outcome"] in ("applied", "nothing-to-do")
    assert tables["tables"] == ["public.orders"]


def test_a_wrong_table_is_named():
    with pytest.raises(RuntimeError, match="TABLE_UNKNOWN.*nearest: orders"):
        run_plinth("apply", "--migrations", os.environ.get("MIGRATIONS", "db/migrations"), "--tables", "ordres")
