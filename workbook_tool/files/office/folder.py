"""Makes a new, empty office folder for ``workbook-tool init``."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from workbook_tool.files.office.bundled import bundled_templates
from workbook_tool.files.office.launchers import write_launchers
from workbook_tool.files.office.new_roster import write_roster
from workbook_tool.model.errors import OfficeError, why
from workbook_tool.model.office.settings import NEW_REGION

ROSTER = "templates/名录.xlsx"
CONFIG = """\
# 本办公文件夹的配置。路径都从本文件所在的文件夹算起；写错的键会在运行前指出。

[region]
name = "{region}"                       # 地区名称，出现在汇总工作簿的标题和文件名里：请改成自己的
# code = "370800"                     # 上级名录中本地区的代码，写进上报表；不写就只写名称
contact = ""                          # 联系人和电话，写在催报和退改的邮件里，如 "政务公开科 张三，0537-1234567"

[report]                              # 收几种表时，每种写一节 [[report]]（两层方括号）
form = "{form}"                  # 表式：templates 文件夹里同名的 .toml 文件
year = {year}                           # 报告年度；按周、月、季报的表改写 period = "2024-W05"、"2024-03"、"2024-Q1"，不写就是刚过完的一期
deadline = {due}-01-31                 # 截止日期；个别单位不同的，写在名录里；按周、月报的表不写，表式里的 due 定期满后几个工作日
# last_year = "outbox/{year}-02-05-1"   # 上年的数：values.csv、结果文件夹或以前的汇总工作簿；不写就用 outbox 里上年最新的一次运行

[folders]
inbox = "inbox"                       # 收件夹：各单位报来的文件放在这里，程序只读不改
outbox = "outbox"                     # 每次运行的结果在这里，一次一个新文件夹
templates = "templates"               # 表式
ledger = "ledger.sqlite"              # 台账：历次运行的记录，程序自己写；请与发件夹一起备份
decisions = "decisions"               # 填好处理意见、另存的汇总工作簿放在这里，下次运行读回

[roster]
file = "{roster}"          # 名录：哪些单位应当报送（.xlsx 或 .csv）

[rules]
blank_is_zero = false                 # 空白不等于 0；改为 true，空白就按 0 计入，并逐一提示
zero_marks = []                       # 按 0 计入的记号，如 ["/", "—", "无"]
trial = []                            # 试行的规则：发现的问题只作提示，如 ["G-OUTLIER"]

[rules.severity]                      # 与表式不同的严重程度：must 必须改、explain 需说明、note 提示
# "V-TEXT" = "explain"

[rules.limits]                        # 与表式不同的限值；每条规则有哪些限值，见 workbook-tool explain 规则
# "Y-SPIKE" = {{ least = 20, share = 0.8 }}

[calendar]                            # 截止日期按工作日算的表才用得到；程序已知国务院公布过的放假安排，这里只写不同的
# holidays = [2027-01-01, 2027-01-02]
# workdays = [2027-01-03]             # 调休上班的日子

[reading]
passwords = []                        # 各单位常用的打开密码，逐一试开加密的文件和压缩包，如 ["2023"]
documents = "held"                    # 只报了文档（Word、PDF）的：held 待核，count 直接计入，attachment 只作附件

[limits]
file_mib = 20                         # 单个文件的上限（MiB）
unpacked_mib = 300                    # 文件解压后的上限（MiB）
seconds = 20                          # 读一个文件最多用几秒处理器时间，超过就记为无法读取（电脑忙不算在内）
wall_seconds = 120                    # 读一个文件最多等几秒，电脑忙也算在内；Windows 上只有这一个时限
memory_mib = 1024                     # 读一个文件最多用多少内存（MiB）
workers = 0                           # 同时读几个文件；0 表示每个处理器一个

# 要从邮箱收表、把退改和催报的信发出去的，去掉下面各行前面的 # 并改成自己的；密码不要写在这里，见办公手册“收发邮件”
# [mail]
# user = "nianbao@163.com"            # 登录名
# imap = "imap.163.com"               # 收件服务器；不收邮件的不写
# smtp = "smtp.163.com"               # 发件服务器；不发邮件的不写
# password_file = "授权码.txt"        # 只有自己能读的文件，里面只有密码（163、QQ 是授权码）
# folders = ["INBOX"]                 # 收哪些文件夹
# senders = []                        # 只收这些发件人，如 ["@example.gov.cn", "zhang@163.com"]；不写就都收
# since = {year}-12-01                  # 只收这一天以后的
# mib = 100                           # 大于这么多 MiB 的不收
# mark_read = false                   # 收过的标为已读
# move_to = ""                        # 收过的移到邮箱的哪个文件夹；不写就不动

# 要在汇总工作簿中附“考核”表的，去掉下面各行前面的 #；不写的按这里的数计
# [scorecard]
# timely = 30                         # 及时
# complete = 20                       # 完整
# accurate = 40                       # 准确
# explained = 10                      # 说明
# late_per_day = 2                    # 迟报每天扣
# per_must = 5                        # 首次报送时“必须改”每条扣
# per_return = 5                      # 每退回一次扣
# counted = []                        # 还要扣分的数，如台账统计的逾期答复 ["TZ_OVERDUE.sum.n"]
# per_counted = 0                     # 其中每 1 扣
"""


def make_office(folder: Path) -> list[Path]:
    """Make an empty office in a new or empty folder and return what was made.

    Raises OfficeError where something is there already: an office is never overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OfficeError(f"{folder} 已经存在而且不是空文件夹，没有改动。请换一个新的文件夹名。")
    try:
        return fill(folder)
    except OSError as error:
        raise OfficeError(f"无法在 {folder} 中新建：{why(error)}。请换一个可以写入的地方。") from None


def fill(folder: Path) -> list[Path]:
    """Everything that a new office starts with; the paths that a clerk should know."""
    forms = sorted(bundled_templates().glob("*.toml"))
    folders = [folder / name for name in ("inbox", "outbox", "templates", "decisions")]
    for each in folders:
        each.mkdir(parents=True)
    copies = [Path(shutil.copyfile(form, folder / "templates" / form.name)) for form in forms]
    for more in sorted(bundled_templates().glob("*/*.toml")):
        (folder / "templates" / more.parent.name).mkdir(exist_ok=True)
        shutil.copyfile(more, folder / "templates" / more.parent.name / more.name)
    config, roster = folder / "config.toml", folder / ROSTER
    write_roster(roster, [])
    year = date.today().year
    # Newlines as they are on every system: the file is compared and hashed.
    config.write_text(
        CONFIG.format(form=forms[-1].stem, year=year - 1, due=year, roster=ROSTER, region=NEW_REGION),
        encoding="utf-8",
        newline="\n",
    )
    return [config, *folders, *copies, roster, *write_launchers(folder)]
