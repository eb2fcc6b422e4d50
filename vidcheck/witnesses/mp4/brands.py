"""Which format a file of the ISO base media family is, by the brands of its file type box (ISO/IEC 14496-12, 4.3).

The other witnesses print brands too and ask here, so that one rule serves them all.
"""

from __future__ import annotations

from collections.abc import Iterable  # noqa: TC003 - the signature is read by callers' tools

_QUICKTIME = frozenset({"qt", "mqt"})
_SOUND = frozenset({"M4A", "M4B", "M4P", "F4A", "F4B"})
_STILL = frozenset({
    "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "mif2", "mif3", "msf1", "avif",
    "avis", "avio", "avci", "avcs", "vvic", "vvis", "1pic", "1pvs", "miaf", "jpeg", "jpgs", "j2ki", "j2is",
    "jxl", "crx", "MA1A", "MA1B", "MiHB", "MiHE",
})  # fmt: skip
_MP4 = frozenset({
    "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "isoa", "isob", "isoc", "mp41",
    "mp42", "avc1", "hvc1", "hev1", "av01", "vvc1", "dash", "msdh", "msix", "dby1", "cmfc", "cmf2", "cmff",
    "cmfl", "cmfs", "ccff", "lmsg", "sims", "piff", "isml", "mmp4", "M4V", "M4VH", "M4VP", "F4V", "F4P", "f4v",
    "MSNV", "XAVC", "NDSC", "NDSH", "NDSM", "NDSP", "NDSS", "NDXC", "NDXH", "NDXM", "NDXP", "NDXS", "SDV",
    "CAEP", "caqv", "dvr1", "dvt1",
})  # fmt: skip
_3GPP = ("3gp", "3ge", "3gg", "3gr", "3gs", "3gt", "3gh", "3gm", "3gf", "3g2", "kddi")
_MAJOR = ((_QUICKTIME, "mov"), (_SOUND, "m4a"), (_STILL, "heif"))
"""Brands that decide as major ones, whatever stands beside them."""


def format_of(major: str | None, compatible: Iterable[str] = ()) -> str:
    """The format, a value of the key `format`: `mp4` `mov` `3gp` `m4a` `heif`.

    `major` is None where there is no file type box: QuickTime files had none (QuickTime File Format, "The File Type
    Compatibility Atom"). Spaces at a brand's end don't matter. A brand that nobody registered, with no other beside
    it, is still that of an ISO base media file, which every player opens as MP4.
    """
    if major is None:
        return "mov"
    first = major.rstrip(" ")
    for brands, name in _MAJOR:
        if first in brands:
            return name
    every = {first, *(brand.rstrip(" ") for brand in compatible)}
    if every & _MP4:
        return "mp4"
    if any(brand.startswith(_3GPP) for brand in every):
        return "3gp"
    return "mov" if every & _QUICKTIME else "mp4"
