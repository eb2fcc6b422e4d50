"""Translates languages as tools print them (`chi`, `zho`, `zh-tw`) into ISO 639-1 codes where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vidcheck.lazy import late

if TYPE_CHECKING:
    from vidcheck.witnesses.evidence import Teller

_NONE = frozenset({"", "und", "unk", "zxx", "mis", "mul", "qaa", "xxx", "---"})
_CODE = late(r"([a-z]{2,3})(?:[-_@].*)?", re.DOTALL)
# ISO 639-2: terminological and bibliographic codes by the ISO 639-1 code
_TWO_LETTERS = {
    long: short
    for short, *longs in (
        row.split()
        for row in (
            "aa aar", "ab abk", "af afr", "ak aka", "am amh", "an arg", "ar ara", "as asm", "av ava", "ay aym", "az aze",
            "ba bak", "be bel", "bg bul", "bh bih", "bi bis", "bm bam", "bn ben", "bo bod tib", "br bre", "bs bos",
            "ca cat", "ce che", "ch cha", "co cos", "cr cre", "cs ces cze", "cu chu", "cv chv", "cy cym wel", "da dan",
            "de deu ger", "dv div", "dz dzo", "ee ewe", "el ell gre", "en eng", "eo epo", "es spa", "et est",
            "eu eus baq", "fa fas per", "ff ful", "fi fin", "fj fij", "fo fao", "fr fra fre", "fy fry", "ga gle",
            "gd gla", "gl glg", "gn grn", "gu guj", "gv glv", "ha hau", "he heb", "hi hin", "ho hmo", "hr hrv",
            "ht hat", "hu hun", "hy hye arm", "hz her", "ia ina", "id ind", "ie ile", "ig ibo", "ii iii", "ik ipk",
            "io ido", "is isl ice", "it ita", "iu iku", "ja jpn", "jv jav", "ka kat geo", "kg kon", "ki kik", "kj kua",
            "kk kaz", "kl kal", "km khm", "kn kan", "ko kor", "kr kau", "ks kas", "ku kur", "kv kom", "kw cor",
            "ky kir", "la lat", "lb ltz", "lg lug", "li lim", "ln lin", "lo lao", "lt lit", "lu lub", "lv lav",
            "mg mlg", "mh mah", "mi mri mao", "mk mkd mac", "ml mal", "mn mon", "mr mar", "ms msa may", "mt mlt",
            "my mya bur", "na nau", "nb nob", "nd nde", "ne nep", "ng ndo", "nl nld dut", "nn nno", "no nor",
            "nr nbl", "nv nav", "ny nya", "oc oci", "oj oji", "om orm", "or ori", "os oss", "pa pan", "pi pli",
            "pl pol", "ps pus", "pt por", "qu que", "rm roh", "rn run", "ro ron rum", "ru rus", "rw kin", "sa san",
            "sc srd", "sd snd", "se sme", "sg sag", "si sin", "sk slk slo", "sl slv", "sm smo", "sn sna", "so som",
            "sq sqi alb", "sr srp", "ss ssw", "st sot", "su sun", "sv swe", "sw swa", "ta tam", "te tel", "tg tgk",
            "th tha", "ti tir", "tk tuk", "tl tgl", "tn tsn", "to ton", "tr tur", "ts tso", "tt tat", "tw twi",
            "ty tah", "ug uig", "uk ukr", "ur urd", "uz uzb", "ve ven", "vi vie", "vo vol", "wa wln", "wo wol",
            "xh xho", "yi yid", "yo yor", "za zha", "zh zho chi", "zu zul",
        )
    )
    for long in longs
}  # fmt: skip


def language(text: str) -> str | None:
    """The ISO 639-1 code, or the 639-2 one where there is no shorter; None for "undetermined" and for nonsense."""
    found = _CODE.fullmatch(text.strip().lower()[:40])
    if found is None or found[1] in _NONE:
        return None
    return _TWO_LETTERS.get(found[1], found[1])


def tell_languages(tell: Teller, marks: list[tuple[str, str]]) -> None:
    """Tell `audio.languages` from each sound track's (locator, text), in order and once each; absent if none is marked."""
    found = [(locator, text, code) for locator, text in marks if (code := language(text)) is not None]
    if not found:
        tell.absent("audio.languages", marks[0][0] if marks else "")
        return
    codes = tuple(dict.fromkeys(code for _, _, code in found))
    tell.known("audio.languages", codes, found[0][0], ", ".join(text for _, text, _ in found))
