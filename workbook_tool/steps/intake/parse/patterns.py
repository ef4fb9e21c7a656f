"""Texts with a pattern: telephone numbers, addresses of mail, postcodes, and numbers with a check digit."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from workbook_tool.model.regex import regex

DASH = "[-‐–—]?"
MOBILE = rf"1[3-9]\d{DASH}\d{{4}}{DASH}\d{{4}}"
CHINA = rf"(?:\+?86|0086){DASH}"
AREA = rf"(?:{CHINA}\(?0?|\(?0)(?:(?:10|2\d)\)?{DASH}(?=\d{{8}}(?!\d))|[3-9]\d\d\)?{DASH})"
"""An area code: of three digits before eight, of four before seven or eight."""
SERVICE = rf"[48]00(?:{DASH}\d){{7}}"
PHONE = regex(rf"(?:{CHINA})?{MOBILE}|{SERVICE}|(?:{AREA})?[2-8]\d{{6,7}}(?:(?:[-‐–—转]|分机)\d{{1,6}})?")
HOTLINE = regex(r"1\d{2}|1[02]\d{3}|9[56]\d{3,4}")
"""A number that is dialled from anywhere and reaches no office: 110, 12345, 95588."""
MAIL = regex(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
SEVERAL = regex("[、,，;；/]")
"""What stands between several of them."""
CARD = regex(r"\d{17}[\dX]")
CARD_WEIGHTS = [2**n % 11 for n in range(17, 0, -1)]
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = [3**n % 31 for n in range(17)]


def phone(text: str) -> str:
    """Why a text holds no telephone numbers; empty where it does."""
    wrong = [one for one in SEVERAL.split(text) if not PHONE.fullmatch(one)]
    if not wrong:
        return ""
    return "是服务热线，应填本单位、本人的号码" if all(map(HOTLINE.fullmatch, wrong)) else "位数或写法不对"


def mail(text: str) -> str:
    """Why a text holds no addresses of mail; empty where it does."""
    wrong = [one for one in SEVERAL.split(text) if not MAIL.fullmatch(one)]
    return "写法不对" if wrong else ""


def postcode(text: str) -> str:
    """Why a text is no postcode; empty where it is one."""
    return "" if re.fullmatch(r"\d{6}", text) else "应为 6 位数字"


def identity_card(text: str) -> str:
    """Why a text is no number of an identity card (GB 11643); empty where it is one."""
    number = text.upper()
    if not CARD.fullmatch(number):
        return "应为 18 位"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "其中的出生日期不存在"
    rest = sum(int(digit) * weight for digit, weight in zip(number, CARD_WEIGHTS, strict=False)) % 11
    return "" if "10X98765432"[rest] == number[17] else "校验位不对"


def credit_code(text: str) -> str:
    """Why a text is no code of an organisation (GB 32100); empty where it is one."""
    code = text.upper()
    if len(code) != 18 or set(code) - set(CREDIT_LETTERS):
        return "应为 18 位数字和大写字母（没有 I、O、S、V、Z）"
    rest = sum(CREDIT_LETTERS.index(c) * w for c, w in zip(code, CREDIT_WEIGHTS, strict=False)) % 31
    return "" if CREDIT_LETTERS[(31 - rest) % 31] == code[17] else "校验位不对"


PATTERNS: dict[str, tuple[str, Callable[[str], str]]] = {
    "phone": ("电话号码", phone),
    "mail": ("电子邮箱", mail),
    "postcode": ("邮政编码", postcode),
    "id": ("身份证号", identity_card),
    "credit": ("统一社会信用代码", credit_code),
}
"""By kind of column: what a clerk calls it, and what is wrong with a text."""
