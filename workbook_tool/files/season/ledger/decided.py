"""Loads what reviewers had decided and corrected by the newest run of a form and period."""

from __future__ import annotations

import sqlite3

from workbook_tool.model.form.period import Period
from workbook_tool.model.judging.correction import TypedNumber
from workbook_tool.model.judging.follow_up import Decision, Opinion

LAST_MADE = """
    SELECT id FROM runs WHERE stage IN ('done', 'withdrawn') AND form = ? AND period = ? ORDER BY id DESC LIMIT 1
"""
"""The run that was made last knew all opinions; that it was withdrawn since takes back none of them."""


def load_decisions(connection: sqlite3.Connection, form: str, period: Period) -> list[Decision]:
    """What was decided of files and problems."""
    query = f"SELECT key, basis, opinion, remark, source, file FROM decisions WHERE run = ({LAST_MADE}) ORDER BY key"
    rows = connection.execute(query, (form, str(period)))
    return [Decision(key, grounds, Opinion(opinion), *told) for key, grounds, opinion, *told in rows]


def load_corrections(connection: sqlite3.Connection, form: str, period: Period) -> list[TypedNumber]:
    """What was typed in the place of a number."""
    told = "key, cell, number, why, was, filed, '', source, file, place, item"
    query = f"SELECT {told} FROM corrections WHERE run = ({LAST_MADE}) ORDER BY key, item"
    return [TypedNumber(*row) for row in connection.execute(query, (form, str(period)))]
