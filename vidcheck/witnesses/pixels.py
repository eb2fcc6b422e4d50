"""What ffmpeg's pixel format names tell: colour sampling and bits of each sample."""

from __future__ import annotations

import re

from vidcheck.lazy import late

_CHROMA = {
    "420": "4:2:0",
    "422": "4:2:2",
    "444": "4:4:4",
    "440": "4:4:0",
    "411": "4:1:1",
    "gray": "4:0:0",
    "gbr": "rgb",
    "gbra": "rgb",
}
_PLANAR = late(r"(?:yuv[ja]?(?P<sampling>4\d\d)|(?P<kind>gray|gbra?))p?(?P<bits>\d\d)?(?:le|be)?", re.ASCII)
_NAMED = {
    "nv12": ("4:2:0", 8), "nv21": ("4:2:0", 8), "nv16": ("4:2:2", 8), "nv20le": ("4:2:2", 10), "nv20be": ("4:2:2", 10),
    "nv24": ("4:4:4", 8), "nv42": ("4:4:4", 8), "p010le": ("4:2:0", 10), "p010be": ("4:2:0", 10), "p012le": ("4:2:0", 12),
    "p016le": ("4:2:0", 16), "p016be": ("4:2:0", 16), "p210le": ("4:2:2", 10), "p212le": ("4:2:2", 12),
    "p216le": ("4:2:2", 16), "p410le": ("4:4:4", 10), "p412le": ("4:4:4", 12), "p416le": ("4:4:4", 16),
    "uyvy422": ("4:2:2", 8), "yuyv422": ("4:2:2", 8), "yvyu422": ("4:2:2", 8), "uyyvyy411": ("4:1:1", 8),
    "y210le": ("4:2:2", 10), "y212le": ("4:2:2", 12), "xv30le": ("4:4:4", 10), "xv36le": ("4:4:4", 12),
    "vuya": ("4:4:4", 8), "vuyx": ("4:4:4", 8), "ayuv64le": ("4:4:4", 16), "ayuv64be": ("4:4:4", 16), "ya8": ("4:0:0", 8),
    "ya16le": ("4:0:0", 16), "ya16be": ("4:0:0", 16), "pal8": ("rgb", 8), "x2rgb10le": ("rgb", 10), "x2bgr10le": ("rgb", 10),
} | dict.fromkeys(("rgb24", "bgr24", "argb", "rgba", "abgr", "bgra", "0rgb", "rgb0", "0bgr", "bgr0"), ("rgb", 8)) | {
    f"{name}{end}": ("rgb", 16) for name in ("rgb48", "bgr48", "rgba64", "bgra64") for end in ("le", "be")
}  # fmt: skip


def pixel_format(name: str) -> tuple[str | None, int | None]:
    """Colour sampling and bits, each None where the name does not tell: `yuv420p10le` is 4:2:0 and 10."""
    if name in _NAMED:
        return _NAMED[name]
    found = _PLANAR.fullmatch(name)
    if found is None:
        return None, None
    return _CHROMA.get(found["sampling"] or found["kind"]), int(found["bits"] or 8)
