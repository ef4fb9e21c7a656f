"""The name of the copy that an agency gets back, for all who write it or lead to it."""

from __future__ import annotations

from workbook_tool.model.result import AgencyRecord
from workbook_tool.model.rules import Severity
from workbook_tool.model.text import safe_name

RETURNS = "returns"
"""The folder of the copies, below the run folder."""
LONGEST = 60


def return_name(record: AgencyRecord) -> str:
    """``003_甲局_第2轮退改.xlsx``: roster code, safe name, the next round. Empty where the agency has filed nothing, or
    nothing that must be changed or explained. Nothing of the sent file's own name is in it but a macro workbook's
    ending, without which Excel would not open it."""
    if record.file is None or record.file.checked is None:
        return ""
    if not record.count(Severity.MUST) + record.count(Severity.EXPLAIN):
        return ""
    rounds = record.file.checked.submission.identity.round
    ending = ".xlsm" if record.file.source.path.lower().endswith(".xlsm") else ".xlsx"
    # No file system takes more than 255 bytes; the code in front keeps the names apart.
    return safe_name(f"{record.agency.code}_{record.agency.name[:LONGEST]}_第{rounds + 1}轮退改") + ending
