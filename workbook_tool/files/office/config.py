"""Reads an office's config.toml, and refuses a wrong one before any file is opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from msgspec.structs import asdict, replace

from workbook_tool.files.office.bundled import bundled_templates
from workbook_tool.files.office.mailbox import read_mailbox
from workbook_tool.files.office.toml import Keys, load, read_as
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.calendar import Calendar
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.judging.rulebook import Documents, Policy
from workbook_tool.model.mail.mailbox import Mailbox
from workbook_tool.model.office.settings import Limits, Roster, Settings
from workbook_tool.model.office.spread import Spread
from workbook_tool.model.season.score import Weights
from workbook_tool.model.text import nearest

KEYS = {
    "region": ["name", "code", "contact"],
    "folders": ["inbox", "outbox", "templates", "ledger", "decisions"],
    "roster": ["file"],
    "rules": ["severity", "blank_is_zero", "zero_marks", "limits", "trial"],
    "calendar": [*Calendar.__struct_fields__],
    "reading": ["passwords", "documents"],
    "limits": [*Limits.__struct_fields__],
    "run": ["executor", "parquet", *Spread.__struct_fields__],
    "scorecard": [*Weights.__struct_fields__],
    "mail": [*Mailbox.__struct_fields__],
}
"""Every section of config.toml but ``[report]``, and its keys. A key exists only once it works."""

REPORT_KEYS = ["form", "year", "period", "deadline", "last_year", "rules"]
"""The keys of ``[report]``, or of each ``[[report]]``."""

LEAST = {"memory_mib": 512, "workers": 0}
"""The least of some limits; of the others it is 1. A worker takes so much memory for itself before it opens anything,
and some to work with."""


def load_settings(path: Path, as_of: date, kind_of: Callable[[Path, str], PeriodKind]) -> tuple[Settings, ...]:
    """The settings of the office whose config.toml this is, one for each report, with paths relative to it made absolute.
    A period that it does not name is the last one that has ended by ``as_of``; ``kind_of`` tells how often a form is filed.

    Raises OfficeError, with the key and what to do, where something is missing or wrong.
    """
    path = path.absolute()
    if not path.is_file():
        if (hidden := path.with_name(f"{path.name}.txt")).is_file():
            raise OfficeError(
                f"{path.parent} 里有 {hidden.name}，没有 {path.name}：请把它改名为 {path.name}"
                "（Windows 先在资源管理器的“查看”里勾选“文件扩展名”）。"
            )
        raise OfficeError(
            f"找不到配置文件 {path}。请在办公文件夹里运行，或用 --config 指明；"
            "新的办公文件夹用 workbook-tool init 文件夹名 新建。"
        )
    document = load(path)
    found, reports = sections(document), report_sections(document)
    settings = [read_settings(path.parent, found, report, as_of, kind_of) for report in reports]
    inbox = settings[0].inbox
    if not inbox.is_dir():
        raise OfficeError(
            f"找不到收件夹 {inbox}。请新建这个文件夹，或改正 {path.name} 的 [folders] inbox；"
            "新的办公文件夹用 workbook-tool init 文件夹名 新建。"
        )
    return tuple(replace(one, several=len(settings) > 1) for one in settings)


def read_settings(
    root: Path, found: Sequence[Keys], report: Keys, as_of: date, kind_of: Callable[[Path, str], PeriodKind]
) -> Settings:
    """The settings as they hold for one report. Raises OfficeError where something is missing or wrong."""
    region, folders, roster, rules, calendar, reading, limits, run, scorecard, mail = found
    form, templates = report.need("form"), root / folders.text("templates", "templates")
    roster_file, last_year = roster.text("file"), report.text("last_year")
    return Settings(
        region=region.need("name"),
        form=form,
        period=read_period(report, as_of, kind_of(find_templates(templates, form), form)),
        deadline=report.get("deadline", date),
        root=root,
        inbox=root / folders.text("inbox", "inbox"),
        outbox=root / folders.text("outbox", "outbox"),
        templates=templates,
        roster=root / roster_file if roster_file else None,
        policy=policy_of(report, rules, calendar, reading),
        limits=read_limits(limits),
        passwords=read_passwords(reading),
        last_year=root / last_year if last_year else None,
        decisions=root / folders.text("decisions", "decisions"),
        ledger=root / folders.text("ledger", "ledger.sqlite"),
        region_code=region.text("code"),
        contact=region.text("contact"),
        scorecard=read_weights(scorecard) if scorecard.there else None,
        mail=read_mailbox(mail, root, region.need("name")) if mail.there else None,
        spread=read_spread(run),
        parquet=bool(run.get("parquet", bool)),
    )


def report_sections(document: Keys) -> list[Keys]:
    """What the office collects: one ``[report]``, or a ``[[report]]`` for each form. Raises OfficeError where there is none,
    or one form stands in two."""
    if isinstance(document.values.get("report"), list):
        reports = document.tables("report", required=True)
        document.unique("[[report]] form", [report.need("form") for report in reports])
    else:
        reports = [document.table("report")]
    for report in reports:
        report.known += REPORT_KEYS
        report.done()
    return reports


def check_policy(settings: Settings, forms: Sequence[Form]) -> None:
    """Raises OfficeError where the office weighs a rule, or sets a limit, that none of its forms has."""
    codes = [code for form in forms for code in form.by_code]
    for code in settings.scorecard.counted if settings.scorecard else ():
        refuse_unknown(code, codes, f"config.toml [scorecard] counted 中的 {code} 不是任何一张表式的数")
    policy, rules = settings.policy, {rule.id: rule for form in forms for rule in form.rules}
    titles = "、".join(form.id for form in forms)
    for place, named in (
        ("[rules.severity]", policy.severity),
        ("[rules.limits]", policy.limits),
        ("[rules] trial", policy.trial),
    ):
        for rule_id in named:
            refuse_unknown(rule_id, list(rules), f"config.toml {place}：表式 {titles} 没有规则 {rule_id}")
    for rule_id, limits in policy.limits.items():
        for name in limits:
            known = [name for name, _ in rules[rule_id].limits]
            refuse_unknown(name, known, f"config.toml [rules.limits] {rule_id}：没有限值 {name}")


def check_roster(roster: Roster, forms: Sequence[Form], templates: Path) -> None:
    """Raises OfficeError where an agency's scope is none of the forms': a misspelt one would let a region's whole be
    added to its own parts; and where it files a form that there is not at all."""
    for table in (c.choices.roster for form in forms for r in form.registers for c in r.columns if c.choices.roster):
        refuse_unknown(table, list(roster.tables), f"名录中没有工作表“{table}”（第 1 行为 代码、选项），表式要用它")
    known = sorted({path.stem for folder in (templates, bundled_templates()) for path in folder.glob("*.toml")})
    choices = [c for form in forms for field in form.cover if field.kind == "scope" for c in field.choices]
    for agency in roster.agencies:
        for form in agency.forms:
            refuse_unknown(form, known, f"名录中 {agency.code} {agency.name} 的表式“{form}”没有这个编号")
        if agency.scope and choices:
            place = f"名录中 {agency.code} {agency.name} 的报告口径"
            refuse_unknown(agency.scope, choices, f"{place}“{agency.scope}”不在表式之内")


def refuse_unknown(word: str, known: list[str], problem: str) -> None:
    """Raises OfficeError where a word is not among the known ones, with the nearest of them as a hint."""
    if word not in known:
        hint = nearest(word, known)
        raise OfficeError(problem + (f"，是否指 {hint}" if hint else f"，可用的有 {'、'.join(known) or '无'}"))


def find_templates(templates: Path, form_id: str) -> Path:
    """The folder that declares the form: the office's own, or the one that came with the program."""
    name, bundled = f"{form_id}.toml", bundled_templates()
    try:
        (templates / name).stat()  # one that may not be looked into is no reason to take another form
    except (FileNotFoundError, NotADirectoryError):
        return bundled if (bundled / name).is_file() else templates
    return templates


def sections(document: Keys) -> list[Keys]:
    """Every section but the reports, its keys already known to be possible ones: a misspelt key is told before a missing
    one."""
    found = [document.table(name) for name in KEYS]
    document.known.append("report")
    document.done()
    for section, known in zip(found, KEYS.values(), strict=True):
        if "password" in section.values:  # its line is not shown: what is said may stand in a log
            told = "password 不写在 config.toml 里：单独存一个文件，这里写 password_file（办公手册“收发邮件”）"
            raise OfficeError(f"{section.path}：{told}")
        section.known += known
        section.done()
    return found


def read_period(report: Keys, as_of: date, kind: PeriodKind) -> Period:
    """The period that is reported. Raises OfficeError where it is none, or none of a form of this ``kind``."""
    year, written = report.get("year", int), report.text("period")
    if year is not None and written:
        raise report.fail("year", "和 period 只写一个")
    if year is not None and not 2000 <= year <= 2100:
        raise report.fail("year", f"应为四位数的年份，现为 {year}")
    if year is None and not written:
        return Period.ended(kind, as_of)
    try:
        return Period.of_kind(kind, str(year or written))
    except ValueError as error:
        raise report.fail("year" if year else "period", f"{error}") from None


def read_calendar(keys: Keys) -> Calendar:
    """The office's own holidays and working days. Raises OfficeError where one is no date, or both."""
    calendar = Calendar(keys.dates("holidays"), keys.dates("workdays"))
    if both := set(calendar.holidays) & set(calendar.workdays):
        raise keys.fail("workdays", f"里的 {min(both)} 在 holidays 里也有，只能写在一处")
    return calendar


def read_weights(keys: Keys) -> Weights:
    """What the office assesses its agencies by. Raises OfficeError for what is no number of points."""
    counted = keys.texts("counted")
    points = Keys({key: value for key, value in keys.values.items() if key != "counted"}, keys.path)
    return Weights(counted=counted, **points.numbers())


def policy_of(report: Keys, rules: Keys, calendar: Keys, reading: Keys) -> Policy:
    """How the office weighs the rules of one report: as its own ``[report.rules]`` says, else as ``[rules]`` does. Raises
    OfficeError for what is wrong in either, where it is wrong."""
    own = report.table("rules")
    own.known += KEYS["rules"]
    own.done()
    read_policy(own, calendar, reading)
    named = {key: rules.values.get(key, {}) | own.values.get(key, {}) for key in ("severity", "limits")}
    return read_policy(rules.beside({**rules.values, **own.values, **named}), calendar, reading)


def read_policy(rules: Keys, calendar: Keys, reading: Keys) -> Policy:
    """How the office weighs. Raises OfficeError for an unknown severity, or a mark for 0 that is blank."""
    table = rules.table("severity")
    table.path = table.path.replace("[rules] [severity]", "[rules.severity]")
    limits = rules.table("limits")
    limits.path = limits.path.replace("[rules] [limits]", "[rules.limits]")
    severities = [severity.value for severity in Severity]
    policy = read_as(
        Policy,
        rules,
        severity={rule: Severity(table.choice(rule, severities, "")) for rule in table.values},
        limits={rule: limits.table(rule).numbers() for rule in limits.values},
        calendar=read_calendar(calendar),
        documents=Documents(reading.choice("documents", list(Documents), Documents.HELD)),
    )
    if not all(mark.strip() for mark in policy.zero_marks):
        raise rules.fail("zero_marks", "里不能有空的文字；要把空白格按 0 计，请写 blank_is_zero = true")
    return policy


def read_passwords(reading: Keys) -> tuple[str, ...]:
    """The passwords to be tried, in their order. Raises OfficeError where one is empty."""
    passwords = reading.texts("passwords")
    if "" in passwords:
        raise reading.fail("passwords", "里不能有空的文字；没有密码请写 passwords = []")
    return passwords


def read_spread(keys: Keys) -> Spread | None:
    """The other machines that read; None where this one does by itself. Raises OfficeError where they have no address."""
    if keys.choice("executor", ["local", "dask"], "local") == "local":
        if odd := [key for key in Spread.__struct_fields__ if key in keys.values]:
            raise keys.fail(odd[0], "只在 executor = “dask” 时有用")
        return None
    address = keys.need("scheduler")
    if not re.match(r"(tcp|tls)://.", address):
        raise keys.fail("scheduler", f"应为调度程序的地址，如 “tcp://10.0.0.5:8786”，现为 “{address}”")
    return Spread(address, bool(keys.get("shared", bool)))


def read_limits(keys: Keys) -> Limits:
    """The limits on files and workers. Raises OfficeError for one too small to work with."""
    limits = read_as(Limits, keys)
    for name, size in asdict(limits).items():
        if size < (least := LEAST.get(name, 1)):
            raise keys.fail(name, f"应为不小于 {least} 的整数，现为 {size}")
    return limits
