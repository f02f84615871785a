"""400 strings that somebody may type, or paste, or mean ill by."""

from __future__ import annotations

MARKUP = (
    "<b>bold</b>", "<b", "</td></tr></table>", "<script>alert(1)</script>", "<!-- ", "]]>", "<![CDATA[x",
    '<img src="/etc/passwd">', "<img src=x onerror=alert(1)>", '<img src="http://127.0.0.1:9/x.png"/>',
    '<img src="file:///etc/passwd" width="9" height="9"/>', "<para><font size=90>&amp;</font></para>",
    '<font name="../../../etc/passwd">x</font>', '<a href="file:///etc/passwd">x</a>', "<u><strike>x",
    '<link rel="stylesheet" href="http://127.0.0.1:9/">', "<svg onload=alert(1)>", '<?xml version="1.0"?>',
    '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;', "<onDraw name='x' label='y'/>",
    "<seq/>", "<br/>", "<style>*{display:none}</style>", "<iframe src=file:///etc/passwd>",
)  # fmt: skip
ENTITIES = ("&amp;", "&lt;b&gt;", "&nbsp;", "&#0;", "&#x202e;", "&bogus;", "&", "&&", "&#99999999;", "&quot;'")
REFERENCES = (
    "file:///etc/passwd", "http://127.0.0.1:9/", "https://example.org/?a=1&b=2", "\\\\host\\share\\x",
    "data:text/html;base64,PGI+", "javascript:alert(1)", "../../../../etc/passwd", "/dev/zero", "ftp://127.0.0.1/",
    "mailto:a@example.org", "C:\\Windows\\win.ini", "url(file:///etc/passwd)",
)  # fmt: skip
CODE = (
    "BT /F1 12 Tf (x) Tj ET", "EMC", "/Artifact BMC", ") Tj ET Q (", "(((", ")))", "\\", "\\)", "\\000",
    "endstream endobj", "%%EOF", "<</JS(x)>>", "% later", "<FEFF0041>", "{{ card.title }}", "{% load static %}",
    "{0}", "%s%s%n", "${x}", "`id`", "$(id)", "'; DROP TABLE x; --", '" or 1=1', "{title}", "{'a'}",
    "\x010\x01", "%later-0%",
)  # fmt: skip
FORMULAS = (
    "=1+1", "=HYPERLINK(\"http://127.0.0.1:9/\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1",
    "\u00a0=1", "＝1", "＋1", "－1", "＠1", "|cmd", "%0A=1", "=cmd|' /C calc'!A0", "'=1", "''", "\u200b=1",
    "\u2212" + "1", "=1;=2", "0001", "1e999", "31/12/2014", "TRUE", "#REF!", "_x0041_",
)  # fmt: skip
CONTROLS = tuple(f"a{chr(code)}b" for code in (*range(32), 0x7F, *range(0x80, 0xA0, 4), 0xFFFE, 0xFFFF))
BREAKS = ("a\u2028b", "a\u2029b", "a\u0085b", "\n\n", "\r\n", "\n", " ", "   ", "\u3000", "", "\t", "a\n" * 60)
UNSEEN = tuple(
    f"a{chr(code)}b" for code in (
        0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202B,
        0x202D, 0x202E, 0x2060, 0x2066, 0x2067, 0x2069, 0xFEFF, 0xFFF9, 0xE0041, 0xE000, 0x3164,
    )
)  # fmt: skip
RIGHT_TO_LEFT = (
    "שלום", "مرحبا بالعالم", "ab שלום cd", "\u202eecilA", "\u2067x\u2069", "اَلْعَرَبِيَّةُ", "ޝާއިރު", "\u200fא1",
)
WRITING = (
    "Siân Llŷr-Pŵel", "Łukasz Żak", "Oluwaseun Adébáyọ̀", "Nguyễn Thị Ánh", "Ōtautahi", "Ñandú", "Ærø", "Straße",
    "Ивáнова", "Ελλάδα", "汉字测试", "日本語テスト", "한국어", "ไทยทดสอบ", "हिन्दी", "தமிழ்", "አማርኛ", "Հայերեն", "ქართული",
    "İIıi", "ŉ", "ﬁ ﬂ", "ⅷ ½ ²", "№ ™ ©", "“quoted” ‘x’ – — …", "𝔘𝔫𝔦", "𝟙𝟚", "ᏣᎳᎩ", "𐍈", "Ǆ", "O’Brien-O'Hara",
)
EMOJI = (
    "🙂", "👩🏽‍⚕️", "🏳️‍🌈", "👨‍👩‍👧‍👦", "🇬🇧", "1️⃣", "☎️", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "♥", "🙂" * 50, "a🙂b", "⚠ ✓ ✗",
)
COMBINING = (
    "e\u0301", "Z" + "\u0335\u0322" * 40, "\u0301", "a\u0308\u0304", "o\u0323\u0302", "\u20dd", "n\u0303" * 30,
    "\u0e49" * 20, "\U0001d165", "a" + "\u0300" * 300,
)
LONE = ("\ud800", "a\udfffb", "\udc00\ud800", "\ud83d", "x\udc80", "\ud800" * 20)
LONG = (
    "W" * 5000, "word " * 1000, "🙂" * 5000, "\u0301" * 5000, "\n" * 5000, "&" * 5000,
    "i" * 600, "a" * 599 + "\n", "漢" * 600, "<b>" * 200, "-" * 600, "a/" * 300, " " * 600, "(" * 600, "\\" * 600,
)  # fmt: skip
NAMES = (
    "NULL", "None", "undefined", "NaN", "null", "0", "-0", "Infinity", "true", "Robert'); DROP TABLE", "con", "aux",
    ".", "..", "/", "~", "*", "?", "#", "##", "-", "--", "---", "_", "|", ";", ":", ",", "a,b", 'a"b', "a;b", "a\tb",
)
NESTED = tuple(f"{left}{inner}{right}" for left, right in (("<", ">"), ("&", ";"), ("(", ")"), ("{%", "%}")) for inner in (
    "a", "a href=x", "#x41", "script", "\u202e", "\x00", "🙂", "é", "\\", "'", '"', "{{", "=1", "%", " ", "\n",
))  # fmt: skip

PLACES = tuple(f"{odd}{text}" for odd in ("\ufeff", "\u202e", "\u200b", "'") for text in (
    "=1+1", "<b>x</b>", "Siân", "🙂", "file:///etc/passwd", "&lt;", "W" * 90, "\u0301", "-", "שלום", "0",
))  # fmt: skip
KINDS = (
    PLACES, MARKUP, ENTITIES, REFERENCES, CODE, FORMULAS, CONTROLS, BREAKS, UNSEEN, RIGHT_TO_LEFT, WRITING, EMOJI, COMBINING,
    LONE, LONG, NAMES, NESTED,
)
STRINGS = tuple(dict.fromkeys(text for kind in KINDS for text in kind))
