"""The closed sets of values: each value's public word, and its name for people.

One row for each value. Rules, JSON and code know the word on the left (`hevc`); people read the name on the right (`HEVC
(H.265)`), which is a key of the message catalogue where languages differ, and the same in all languages elsewhere.
"""

from __future__ import annotations

from vidcheck.texts import marked

Terms = dict[str, str]
"""Words to names, in the order in which they are listed."""

_FORMATS: Terms = {
    "mp4": "MP4",
    "mov": "MOV (QuickTime)",
    "3gp": "3GP",
    "m4a": marked("M4A (sound only)"),
    "heif": marked("HEIF (still picture)"),
    "matroska": "MKV (Matroska)",
    "webm": "WebM",
    "avi": "AVI",
    "mpegts": "MPEG-TS (.ts)",
    "mpegps": "MPEG-PS (.mpg)",
    "flv": "FLV (Flash)",
    "wmv": "WMV (Windows Media)",
    "ogg": "Ogg",
    "mxf": "MXF",
    "mp3": marked("MP3 (sound only)"),
    "wav": marked("WAV (sound only)"),
    "flac": marked("FLAC (sound only)"),
    "aac": marked("AAC (sound only)"),
    "jpeg": marked("JPEG (still picture)"),
    "png": marked("PNG (still picture)"),
    "gif": marked("GIF (picture)"),
    "pdf": marked("PDF (document)"),
    "zip": marked("ZIP (packed files)"),
    "rar": marked("RAR (packed files)"),
    "7z": marked("7z (packed files)"),
}
FORMATS: Terms = {**_FORMATS, "none": marked("no film and no sound file")}
VIDEO_CODECS: Terms = {
    "h264": "H.264",
    "hevc": "HEVC (H.265)",
    "av1": "AV1",
    "vp9": "VP9",
    "vp8": "VP8",
    "vvc": "VVC (H.266)",
    "mpeg4": "MPEG-4 Part 2",
    "mpeg2video": "MPEG-2",
    "mpeg1video": "MPEG-1",
    "h263": "H.263",
    "prores": "Apple ProRes",
    "dnxhd": "Avid DNxHD",
    "mjpeg": "Motion JPEG",
    "theora": "Theora",
    "wmv3": "Windows Media Video 9",
    "vc1": "VC-1",
    "flv1": "Sorenson Spark (Flash)",
    "dvvideo": "DV",
    "ffv1": "FFV1",
    "rawvideo": marked("uncompressed pictures"),
    "jpeg2000": "JPEG 2000",
    "png": "PNG",
    "gif": "GIF",
    "msmpeg4v3": "Microsoft MPEG-4 v3 (DivX 3)",
    "cinepak": "Cinepak",
    "svq3": "Sorenson Video 3",
    "qtrle": "QuickTime Animation",
    "cfhd": "GoPro CineForm",
    "other": marked("another codec"),
}
AUDIO_CODECS: Terms = {
    "aac": "AAC",
    "mp3": "MP3",
    "mp2": "MP2",
    "ac3": "AC-3 (Dolby Digital)",
    "eac3": "E-AC-3 (Dolby Digital Plus)",
    "opus": "Opus",
    "vorbis": "Vorbis",
    "flac": "FLAC",
    "alac": "ALAC (Apple Lossless)",
    "pcm": marked("PCM (uncompressed)"),
    "dts": "DTS",
    "truehd": "Dolby TrueHD",
    "wmav2": "Windows Media Audio 2",
    "wmapro": "Windows Media Audio Pro",
    "amr_nb": "AMR-NB",
    "amr_wb": "AMR-WB",
    "mpegh_3d_audio": "MPEG-H 3D Audio",
    "ac4": "AC-4",
    "adpcm": "ADPCM",
    "other": marked("another codec"),
}
VIDEO_PROFILES: Terms = {
    name: name
    for name in (
        "Baseline", "Constrained Baseline", "Main", "Extended", "High", "High 10", "High 10 Intra", "High 4:2:2",
        "High 4:2:2 Intra", "High 4:4:4", "High 4:4:4 Intra", "High 4:4:4 Predictive", "High 4:4:4 Predictive Intra",
        "CAVLC 4:4:4", "CAVLC 4:4:4 Intra", "Scalable Baseline", "Scalable High", "Multiview High", "Stereo High",
        "Main 10", "Main Still Picture", "Format Range", "High Throughput", "Multiview Main", "Scalable Main", "3D Main", "Scc",
        "Main 10 Still Picture", "Main 10 4:4:4", "Main 10 4:4:4 Still Picture", "Multilayer Main 10", "Professional",
        "Profile 0", "Profile 1", "Profile 2", "Profile 3", "422 Proxy", "422 LT", "422", "422 HQ", "4444", "4444 XQ",
        "Simple", "Advanced Simple", "Core", "Complex", "Advanced", "4:2:2", "SNR Scalable", "Spatially Scalable", "Multi-view",
        "Simple Scalable Profile", "Main Profile", "N-bit Profile", "Scalable Texture Profile", "Hybrid Profile",
        "Advanced Real Time Simple Profile", "Code Scalable Profile", "Advanced Coding Profile", "Advanced Core Profile",
        "Advanced Scalable Texture Profile", "Simple Studio Profile", "Simple Face Animation Profile",
        "Basic Animated Texture Profile",
    )
}  # fmt: skip
"""As ffmpeg names them, of all codecs whose profiles the witnesses name alike (`witnesses.codecs`). Programs show the
same names, so they are the names for people too."""
AUDIO_PROFILES: Terms = {
    "LC": "AAC-LC",
    "HE-AAC": "HE-AAC",
    "HE-AACv2": "HE-AAC v2",
    "xHE-AAC": "xHE-AAC",
    "Main": "AAC Main",
    "SSR": "AAC SSR",
    "LTP": "AAC LTP",
    "LD": "AAC-LD",
    "ELD": "AAC-ELD",
    "ER LC": "ER AAC-LC",
}
"""Of AAC, the one codec of sound whose profiles the witnesses name alike."""
ATTACHMENT_KINDS: Terms = {
    "pdf": "PDF",
    "docx": "Word (.docx)",
    "docm": "Word (.docm)",
    "doc": "Word (.doc)",
    "xlsx": "Excel (.xlsx)",
    "xlsm": "Excel (.xlsm)",
    "xls": "Excel (.xls)",
    "pptx": "PowerPoint (.pptx)",
    "pptm": "PowerPoint (.pptm)",
    "ppt": "PowerPoint (.ppt)",
    "rtf": "RTF",
    "text": marked("plain text"),
    "tiff": marked("TIFF (still picture)"),
    "bmp": marked("BMP (still picture)"),
    "webp": marked("WebP (still picture)"),
    **{word: name for word, name in _FORMATS.items() if word != "pdf"},
    "encrypted": marked("document with a password"),
    "ole": marked("document of an old Office"),
    "none": marked("a kind that is not known"),
}
"""What `declared.documents.kinds` tells of a file beside the video."""
ORIENTATIONS: Terms = {
    "landscape": marked("landscape"),
    "portrait": marked("portrait"),
    "square": marked("square"),
}
FRAME_RATE_MODES: Terms = {"constant": marked("constant"), "variable": marked("variable")}
SCANS: Terms = {"progressive": marked("progressive"), "interlaced": marked("interlaced")}
DECODED_SCANS: Terms = {**SCANS, "mixed": marked("partly interlaced")}
BARS: Terms = {
    "none": marked("no bars"),
    "letterbox": marked("above and below (letterbox)"),
    "pillarbox": marked("left and right (pillarbox)"),
    "both": marked("on all sides"),
}
SCRIPTS: Terms = {
    "simplified": marked("simplified Chinese"),
    "traditional": marked("traditional Chinese"),
    "kana": marked("Japanese (kana)"),
    "latin": marked("Latin letters"),
}
CHROMAS: Terms = {
    "4:0:0": marked("4:0:0 (black and white)"),
    "4:1:1": "4:1:1",
    "4:2:0": "4:2:0",
    "4:2:2": "4:2:2",
    "4:4:0": "4:4:0",
    "4:4:4": "4:4:4",
    "rgb": "RGB",
}
DYNAMIC_RANGES: Terms = {
    "none": marked("none (standard)"),
    "hdr10": "HDR10",
    "hdr10+": "HDR10+",
    "hlg": "HLG",
    "pq": "HDR (PQ)",
    "dolby-vision": marked("Dolby Vision"),
}
