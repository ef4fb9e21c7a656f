"""Files that did not come with a mail, but only a link to them: what mail services make of large attachments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from workbook_tool.model.regex import regex

URL = regex(r"""https?://[^\s"'<>（）]+""", re.IGNORECASE)
SERVICES = regex(
    r"https?://(?:"
    r"[\w.-]*\.?(?:163|126|yeah)\.(?:com|net)/(?:large-attachment|fs/|html/cloud-attachment|filehub|html/.*attachment)"
    r"|(?:dashi|fs|bigfile)\.(?:mail\.)?163\.com/"
    r"|[\w.-]*mail\.qq\.com/(?:cgi-bin/ftnexs_|ftn/)"
    r"|[\w.-]*ftn\.qq\.com/"
    r"|[\w.-]*mail\.sina\.com\.cn/filecenter/"
    r"|[\w.-]*mail\.10086\.cn/\S*(?:download|largefile|attach)"
    r"|[\w.-]*mail\.189\.cn/\S*(?:download|attach)"
    r"|[\w.-]*(?:aliyun|sohu|wo)\.(?:com|cn)/\S*(?:netdisk|largeattach|bigattach|ftn)"
    r")",
    re.IGNORECASE,
)
"""Where the mail services that agencies use keep large attachments."""
SAID = regex("超大附件|云附件|大附件|文件中转站|邮件中转站|网盘附件")
"""What they, and others, write beside such a link."""


def links_to_files(texts: Iterable[str]) -> tuple[str, ...]:
    """The links to large attachments in what a mail shows, each once. A link of a service that nobody here knows counts
    where the mail speaks of a large attachment."""
    found: dict[str, None] = {}
    for text in texts:
        spoken = bool(SAID.search(text))
        for url in map(unescape, URL.findall(text)):
            if SERVICES.match(url) or (spoken and not is_picture(url)):
                found[url] = None
    return tuple(found)


def is_picture(url: str) -> bool:
    """Whether a link is only there to decorate the mail, or defines its HTML."""
    return bool(re.search(r"\.(?:png|gif|jpe?g|css|svg|dtd)(?:$|\?)|//www\.w3\.org/", url, re.IGNORECASE))
