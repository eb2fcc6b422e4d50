"""Remedies without a command: dates, names, tags; and the general sentence for all other keys."""

from __future__ import annotations

from vidcheck.facts import DECLARED
from vidcheck.findings import Remedy
from vidcheck.quantities import DATE
from vidcheck.remedies.case import Aim, Case, Row
from vidcheck.resolve import known
from vidcheck.rules.phrases import argument_shown
from vidcheck.texts import SENTENCES, Readable, join, say
from vidcheck.vocabulary import FORMAT, KEYS


def expected(case: Case) -> Readable:
    """What the rule asks, as a phrase that follows "is"."""
    shown = argument_shown(KEYS[case.breach.key], case.constraint, case.breach.limit, case.zone)
    return say(case.constraint.remedy, limit=shown)


def general(case: Case) -> Remedy:
    """The remedy for keys without a row."""
    if case.breach.key == "broadcast" or case.breach.key.startswith("declared."):
        return _declared(case)
    if case.constraint.presence:
        return Remedy(
            words=say(
                "The file does not say its {key}: export again with a program that writes it.",
                key=KEYS[case.breach.key].called,
            )
        )
    return Remedy(
        words=say(
            "Change the entry so that its {key} is {expected}.",
            key=KEYS[case.breach.key].called,
            expected=expected(case),
        )
    )


def _declared(case: Case) -> Remedy:
    name = KEYS[case.breach.key].called
    if case.constraint.presence or case.aim is Aim.ABSENT:
        return Remedy(
            words=say("Fill in the {field} in the form, so that it can be read, and send the form again.", field=name)
        )
    if case.breach.key == "declared.submitted":
        return Remedy(
            words=say("If the organizer's note of the submission time is wrong, say when the entry was sent.")
        )
    if case.kind is DATE:
        lead = say("Asked is a {field} that is {expected}.", field=name, expected=expected(case))
        return Remedy(words=join((lead, _TRUE_DATE), SENTENCES))
    if case.constraint.name in _LENGTHS:
        rewrite = say(
            "Rewrite the {field} in the form: {expected}. Then send the form again.",
            field=name,
            expected=expected(case),
        )
        return Remedy(words=rewrite)
    return Remedy(
        words=say(
            "Asked is: {expected}. If the {field} in the form is not what is true, correct it and send the form again; if it is true, ask the organizer.",
            field=name,
            expected=expected(case),
        )
    )


_LENGTHS = frozenset({"min-length", "max-length"})
"""What any true text can be made to meet; other limits must not invite an entrant to declare what isn't so."""

_TRUE_DATE = say(
    "A work of another time can't take part. Only where the date in the form is not the true one, send the organizer proof of the true "
    "date: a broadcast record, or the address where the work was first shown."
)


DATED = say(
    "Write on the entry form when the work was completed and first shown, with the web address; the organizer decides. There is no need to export the file again for this, and do not alter the dates inside it. A work that was really completed at another time does not meet what is asked."
)
"""What fits a file's date that is too late, too early or missing; it never invites a date that isn't true."""


def _date(case: Case) -> Remedy:
    declared = any(fact.witness == DECLARED and fact.value is not None for fact in case.facts.of(case.breach.key))
    return Remedy(words=_TRUE_DATE if declared else DATED)


def _file_name(case: Case) -> Remedy | None:
    return Remedy(words=say("Rename the file so that its name is {expected}.", expected=expected(case)))


def _extension(case: Case) -> Remedy | None:
    if case.goal is not None and known(case.facts, "format") not in {None, case.goal}:
        return Remedy(
            words=say(
                "Export again from the project as {goal}; the content of this file is {format}, so another name is not enough.",
                goal=FORMAT.name_of(case.goal),
                format=FORMAT.name_of(known(case.facts, "format")),
            )
        )
    return Remedy(
        words=say("Rename the file so that what follows the last full stop is {expected}.", expected=expected(case))
    )


def _modified(case: Case) -> Remedy | None:  # noqa: ARG001 - a row like every other
    return Remedy(
        words=say(
            "Copying a file changes this date, so there is nothing that an entrant should mend: ask the organizer."
        )
    )


def _title(case: Case) -> Remedy | None:
    return Remedy(
        words=say(
            "Set the title in the editing program and export again, so that it is {expected}; ffmpeg writes it with -metadata title=….",
            expected=expected(case),
        )
    )


def _checksum(case: Case) -> Remedy | None:
    if not case.exact:
        return None
    return Remedy(
        words=say(
            "This is not the very file that was named. Send that one, byte for byte, or correct the checksum that was given for it."
        )
    )


def _attachments(case: Case) -> Remedy | None:
    """What to do with the files beside the video."""
    if case.aim is Aim.OVER and case.goal is not None:
        fewer = say("Hand in fewer attachments: {limit} at most.", limit=case.shown_goal)
        smaller = say(
            "Make each attachment {limit} at most: save scans as JPEG or PDF of 150 to 300 dpi.", limit=case.shown_goal
        )
        return Remedy(words=smaller if case.breach.key == "attachment.size" else fewer)
    if case.aim is Aim.UNDER and case.goal is not None and case.breach.key != "attachment.size":
        return Remedy(words=say("Put what is missing into the entry's folder, beside the video."))
    return None


ROWS: dict[tuple[str, Aim], Row] = {
    ("completed", Aim.ANY): _date,
    ("container.created", Aim.ANY): _date,
    ("file.name", Aim.ANY): _file_name,
    ("file.extension", Aim.ANY): _extension,
    ("file.modified", Aim.ANY): _modified,
    ("title", Aim.ANY): _title,
    ("checksum", Aim.ANY): _checksum,
    ("attachment.count", Aim.ANY): _attachments,
    ("attachment.size", Aim.ANY): _attachments,
    ("form.count", Aim.UNDER): _attachments,
}
