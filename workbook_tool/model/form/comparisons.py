"""Rule kinds that compare a filing with last year's, or with those of other agencies: what each needs declared.

What they say stands in the form's declaration, how they judge in ``steps/judging/compare/``. All come from practice
and from the yearly assessment (核实性审核): true, or explained.
"""

from __future__ import annotations

from msgspec import Struct


class ComparisonKind(Struct, frozen=True):
    """A kind: what it says, the limits that its rule declares, and whether it names ``items`` of the form or a
    ``scope`` of the cover. ``private``: it speaks of other agencies, whose numbers are not for this one's eyes; ``usual``:
    every form has it without declaring it."""

    words: str
    limits: tuple[str, ...] = ()
    items: bool = False
    scope: bool = False
    private: bool = False
    usual: bool = False


COMPARISONS = {
    "power": ComparisonKind("nothing is filed only by agencies that have no power to", items=True),
    "spike": ComparisonKind("a number is far from last year's", ("least", "share"), items=True),
    "zero": ComparisonKind("a number fell to 0 or rose from it", ("least",), items=True),
    "unit": ComparisonKind(
        "a number is off by a factor: another unit was meant", ("factor", "near", "peers"), items=True
    ),
    "same_year": ComparisonKind("all numbers equal last year's: copied", ("cells",)),
    "same_period": ComparisonKind("all numbers equal those of the period before: sent again", ("cells",), usual=True),
    "same_agency": ComparisonKind("all numbers equal another agency's: copied", ("cells",), private=True),
    "outlier": ComparisonKind(
        "a number is far outside those of its kind", ("peers", "deviations", "least"), items=True, private=True
    ),
    "row_others": ComparisonKind("a record stands in another agency's list too", private=True, usual=True),
    "reported_twice": ComparisonKind("two regions report the same agency", ("cells",), private=True, usual=True),
    "level": ComparisonKind("a consolidated report and its own parts are both there", scope=True, private=True),
    "child": ComparisonKind("a part is larger than its whole", scope=True, private=True),
    "whole": ComparisonKind("a consolidated report is not the sum of its parts", scope=True, private=True),
    "region_carry": ComparisonKind("what the region carried over is not what it left open last year"),
}
"""By kind."""
LIMITS = {
    "least": "至少相差（按该数的单位）",
    "share": "至少为上年的几分之几",
    "cells": "至少几个不为 0 的数",
    "peers": "同类至少几家",
    "factor": "相差的倍数",
    "near": "在其几倍之内都算",
    "deviations": "偏离同类中位数几个标准差（对数，稳健估计）",
}
"""What the limits of these kinds mean."""
