"""The words of the rules language that are not keys: where each may be used, and what it means."""

from __future__ import annotations

from typing import NamedTuple

from vidcheck.texts import marked, say

VERSION = "1"
"""The version of this language that this program reads."""


class Option(NamedTuple):
    """A name with its meaning."""

    name: str
    meaning: str
    example: str
    of_condition: bool = False
    """Whether it may also be used in a condition of `when` and `any`."""


def _table(*options: Option) -> dict[str, Option]:
    return {option.name: option for option in options}


HEADS = _table(
    Option(name="vidcheck", meaning=marked("The version of the rules language."), example="1"),
    Option(name="contest", meaning=marked("What is true of the call as a whole: its title, its time zone, its deadline."), example="{title: Film Days, timezone: Europe/Berlin}"),
    Option(name="extends", meaning=marked("A preset or another rules file whose rules hold too; a rule of the same name replaces the whole rule."), example="heilongjiang-2022"),
    Option(name="rules", meaning=marked("The rules by name. A rule bears a key's name, or says fact, any or manual."), example="{format: {is: mp4}}"),
    Option(name="batch", meaning=marked("Rules over many entries by name: no two the same, at most so many of one author, none in the archive of earlier editions."), example="{same-file: {unique: checksum}}"),
    Option(name="categories", meaning=marked("Rules of single categories: by what key an entry's category is known, and what each category asks else."), example="{by: declared.category, rules: {short: {duration: {max: 2 min}}}}"),
)  # fmt: skip
CONTEST = _table(
    Option(name="title", meaning=marked("The call's name, as reports show it."), example="Film Days"),
    Option(name="timezone", meaning=marked("The zone that dates are days in, by its IANA name. Without it they are in UTC."), example="Asia/Shanghai"),
    Option(name="deadline", meaning=marked("The last day, or the moment, for entries, in the call's zone. Letters tell it; it decides nothing, and extends does not take it over."), example="2022-05-09"),
    Option(name="corrections", meaning=marked("The last day, or the moment, until which a mended entry counts, where that is later than the deadline. Letters tell it; it decides nothing, and extends does not take it over."), example="2022-05-20"),
    Option(name="content", meaning=marked("How much of each film has to be decoded for rules on content: keyframes (the key pictures and the whole sound) or full (every picture). With less looked at, required rules on content are unknown."), example="full"),
    Option(name="entries", meaning=marked("How the table given with --manifest is laid out: which column is which field, how a row finds its file, and how scans of the form are named."), example="{columns: {title: Work}, file: {column: File}}"),
)  # fmt: skip
ENTRIES = _table(
    Option(name="columns", meaning=marked("What the table calls a field, or several names of it, beside the names that are known from the start."), example="{title: Work, authors: [Director, Camera]}"),
    Option(name="file", meaning=marked("By what a row finds its file: the column that names it, or a regular expression of files' names whose named groups are fields."), example="{column: File}"),
    Option(name="folder", meaning=marked("The column that names a folder with one entry, instead of a file."), example="{column: Number}"),
    Option(name="form", meaning=marked("How the form is named where its text can't be read: a picture, a PDF or a Word document beside the video whose name is such is the form, and no attachment."), example="{name: '.*(推荐表|自荐表).*'}"),
)  # fmt: skip
FINDS = _table(
    Option(name="column", meaning=marked("The column's name."), example="File"),
    Option(name="name", meaning=marked("A regular expression that a file's whole name matches; its named groups are fields, with _ for -."), example=r"'(?P<title>.+)-(?P<authors>.+)\.mp4'"),
)  # fmt: skip
FORM = _table(
    Option(name="name", meaning=marked("A regular expression that the file's whole name matches."), example="'.*(推荐表|自荐表).*'"),
)  # fmt: skip
FORMS = _table(
    Option(name="fact", meaning=marked("The key that a rule with a name of its own speaks of."), example="video.count"),
    Option(name="any", meaning=marked("Branches, of which one must hold; in a branch all conditions must."), example="[{resolution: {min: 1280x720}}, {video.height: {min: 1080}}]"),
    Option(name="manual", meaning=marked("What only a person can say. It never changes the verdict."), example="{zh: 解说使用普通话, en: Narration is in Mandarin}"),
)  # fmt: skip
OPTIONS = _table(
    Option(name="label", meaning=marked("What people call the rule, a text or one in each language; without it the label of the key that it is named like, else its name."), example="{zh: 时长, en: Duration}"),
    Option(name="level", meaning=marked("What a failure means: ineligible (required, the default) or a warning (recommended)."), example="recommended"),
    Option(name="tolerance", meaning=marked("By how much is, any-of, min and max are widened: a value of the same kind or a per cent."), example="1 %", of_condition=True),
    Option(name="when", meaning=marked("Conditions under which the rule applies; where they are not met it is skipped."), example="{format: {is: mp4}}"),
    Option(name="assist", meaning=marked("Of a manual rule: conditions that help a person to decide. If all hold, the machine suggests yes, if one fails, no; it decides nothing."), example="{content.silent: {max: 20 %}}"),
    Option(name="if-unknown", meaning=marked("What it comes to when no witness can tell: review (the default), fail, or pass (the rule then does not apply)."), example="fail"),
    Option(name="evidence", meaning=marked("Which witnesses count, in order; the first that can tell decides."), example="[boxes, mediainfo]"),
    Option(name="message", meaning=marked("What the report says when the rule fails; {actual}, {expected} and {difference} are put in."), example="'{actual} is too long'"),
    Option(name="remedy", meaning=marked("What the entrant can do when the rule fails; {actual}, {expected} and {difference} are put in."), example="'cut it to {expected}'"),
    Option(name="container-date", meaning=marked("With review, a date that only the file itself bears decides nothing (for completed): for calls whose works are exported anew."), example="review"),
)  # fmt: skip
BATCH_FORMS = _table(
    Option(name="unique", meaning=marked("No two entries may be the same in this key, or in all of several keys together."), example="checksum"),
    Option(name="at-most", meaning=marked("At most so many entries may be the same in a key."), example="{count: 2, per: declared.first-author}"),
    Option(name="not-in-archive", meaning=marked("No entry of an earlier edition may be the same in this key, or in all of several keys together."), example="checksum"),
)  # fmt: skip
BATCH_OPTIONS = _table(
    Option(name="label", meaning=OPTIONS["label"].meaning, example="{zh: 同一文件, en: Same file}"),
    Option(name="level", meaning=OPTIONS["level"].meaning, example="recommended"),
    Option(name="keep", meaning=marked("Which of the entries that are the same counts, by the time of submission: later (the default of unique), earlier, or none where that time says nothing (the default of at-most); the others fail."), example="earlier"),
    Option(name="if-found", meaning=marked("What it comes to where the time of submission settles nothing: review or fail (the default of not-in-archive)."), example="review"),
    Option(name="message", meaning=OPTIONS["message"].meaning, example=OPTIONS["message"].example),
    Option(name="remedy", meaning=OPTIONS["remedy"].meaning, example=OPTIONS["remedy"].example),
)  # fmt: skip
AT_MOST = _table(
    Option(name="count", meaning=marked("How many entries may be the same, 1 or more."), example="2"),
    Option(name="per", meaning=marked("The key, or the keys, that they are the same in."), example="file.name"),
)  # fmt: skip
CATEGORIES = _table(
    Option(name="by", meaning=marked("The key whose text is the entry's category."), example="declared.category"),
    Option(name="if-unknown", meaning=marked("What an unknown category comes to: review (the default), or pass where the other rules say enough."), example="pass"),
    Option(name="rules", meaning=marked("The categories by name, each with rules that are added, or that replace the rule of the same name; off drops it."), example="{short: {duration: {max: 2 min}}}"),
)  # fmt: skip
CATEGORY = "category"
"""The name of the finding that says which category's rules were applied."""
CATEGORY_LABEL = say("category")
"""What people call that finding."""
HOLES = ("actual", "expected", "difference")
"""The placeholders of `message` and `remedy`."""
CONTAINER_DATE_KEY = "completed"
"""The one key that `container-date` is for."""
OFF = "off"
"""The value that drops the rule of the same name of the extended file."""
