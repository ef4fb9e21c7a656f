"""The headers of our own workbooks by which a later run finds what it reads back. Whoever writes such a column and whoever
reads it take the word from here: a list may be drawn anew, but with another header it would not be read again."""

from __future__ import annotations

CODE, NAME, STATE, RULE = "代码", "单位", "状态", "规则"
"""The agency's code, name and state, and the rule of a finding. The first three lead the columns of 单位明细, from which the
next year reads its 上年 values."""
OPINION = "处理意见"
"""Where a reviewer chooses what is to be done, on a problem (问题清单) or on a whole file (报送情况)."""
REMARK, FILE_REMARK = "备注", "审核备注"
"""The reviewer's own words beside it; 报送情况 has a 备注 of ours, so there they have another header."""
CHANGE, WHY = "改为", "依据"
"""Where a reviewer types the number that counts in the place of the filed one (代改), and on whose word."""
KEY, GROUNDS, WAS = "键", "据", "原意见"
"""Hidden: by what a row is known again, the digest of the values under it, and what stood in the row when it was written,
so that a later run can tell what was typed."""
CELL, CHANGED, FILED = "格", "原改", "原数"
"""Hidden, for 代改: the number that a row of 问题清单 is about, what stood under 改为 and 依据, and in 报送情况 all numbers
that the agency's file holds."""
