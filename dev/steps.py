"""The commands that `dev/compare` runs in both checkouts, in groups; those of a group build on each other."""

from __future__ import annotations

from dataclasses import dataclass, field

FORMATS = (
    "text", "json", "jsonl", "html", "xlsx", "csv", "markdown", "junit", "sarif", "github", "gitlab", "contacts",
)  # fmt: skip
LANGUAGES = ("en", "zh")
COMMANDS = (
    "", "check", "facts", "init", "decide", "review", "diff", "letters", "contacts", "table", "sort", "watch", "schema", "demo", "doctor", "rules",
    "rules list", "rules show", "rules check", "rules explain", "rules schema", "archive", "archive add",
    "archive list", "archive remove", "archive check", "cache", "cache info", "cache clear", "cache prune",
)  # fmt: skip
KEYS = (
    "format", "format.brands", "size", "duration", "resolution", "aspect-ratio", "completed", "intact", "file.name",
    "bit-rate", "video.frame-rate", "video.rotation", "audio.languages", "checksum", "declared.authors",
    "declared.broadcast-host", "declared.telephone", "attachment.size", "form.count",
)  # fmt: skip
PRESETS = (
    "anhui-teachers-2018", "berlinale-upload", "bitzeny-2018", "china-national-2016", "china-national-2024",
    "electric-ff", "guiyang-2023", "heilongjiang-2016", "heilongjiang-2022", "hokkaido-150", "hubei-2025",
    "inner-mongolia-2021", "nasa-hunch-2020", "nasa-project-mars", "take-care-of-texas", "zlata-praha",
)  # fmt: skip
WRONG_RULES = ("empty", "version", "keys", "clash", "syntax", "extends", "list")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command."""

    name: str
    """Group and step, `archive/add`."""
    words: tuple[str, ...]
    quick: bool = False
    """Whether the quick run has it too."""
    text: str = ""
    """What it reads from standard input."""
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """What `--only` names."""
        return self.name.partition("/")[0]


def _step(name: str, words: str, *, quick: bool = True, text: str = "", **environment: str) -> Step:
    """A step; in its words OUT is the folder of what it writes, ALL a report in every format, ONE one worker."""
    expanded: list[str] = []
    for word in words.split():
        if word == "ALL":
            expanded += [part for name_ in FORMATS for part in ("--report", f"{name_}:out/{name}/report.{name_}")]
        elif word == "JSON":
            expanded += ["--report", f"json:out/{name}/report.json"]
        elif word == "ONE":
            expanded += ["-j", "1", "--no-cache"]
        else:
            expanded.append(word.replace("OUT", f"out/{name}").replace("␣", " "))
    return Step(name=name, words=tuple(expanded), quick=quick, text=text, environment=environment)


def _checks() -> list[Step]:
    every = "-r rules/every.yaml --manifest tables/entries"
    return [
        _step("samples/default", "check samples --all ALL ONE"),
        _step("samples/zh", "check samples --lang zh ALL -r heilongjiang-2022 ONE"),
        _step("samples/strict", "check samples --strict --final --statistics --witness all JSON ONE", quick=False),
        _step("samples/exit", "check samples --exit-zero --quiet ONE", quick=False),
        _step("samples/mediainfo", "check samples --witness mediainfo JSON ONE", quick=False),
        _step("films/every", f"check films {every}.csv --all ALL ONE"),
        _step("films/every-zh", f"check films {every}.csv --lang zh ALL ONE"),
        _step("films/all", f"check films {every}.xlsx --witness all JSON -j 2 --no-cache"),
        _step("films/mediainfo", f"check films {every}.json --witness mediainfo ALL ONE", quick=False),
        _step("films/preset", "check films --manifest tables/entries.xlsx --lang zh ALL ONE", quick=False),
        _step("films/cold", "check films -r rules/plain.yaml JSON -j 2"),
        _step("films/cached", "check films -r rules/plain.yaml JSON -j 2"),
        _step(
            "films/only",
            f"check films/plain.mp4 films/hd.mp4 {every}.csv --only codec --only format JSON ONE",
            quick=False,
        ),
        _step("films/skip", f"check films/plain.mp4 films {every}.csv --skip codec --skip look JSON ONE", quick=False),
        _step("films/pattern", "check films/*.m?? nothing-here*.mp4 -r rules/plain.yaml JSON ONE", quick=False),
        _step("tables/yaml", f"check films {every}.yaml JSON ONE", quick=False),
        _step("tables/gb", f"check films {every}.gb.csv JSON ONE", quick=False),
        _step("tables/own", "check films -r rules/laid-out.yaml --manifest tables/own.csv ALL ONE", quick=False),
        _step("tables/bad", "check films -r rules/plain.yaml --manifest tables/bad.xlsx ONE"),
        _step("tables/none", "check films -r rules/plain.yaml --manifest tables/none.csv ONE", quick=False),
        _step("tables/missing", "check films -r rules/plain.yaml --manifest tables/gone.csv ONE", quick=False),
        _step("forms/every", "check entered -r rules/every.yaml ALL ONE"),
        _step("forms/preset", "check entered --lang zh ALL ONE", quick=False),
        _step("forms/facts", "facts entered --format json --no-cache"),
        _step("forms/facts-text", "facts entered --no-cache --lang zh", quick=False),
        _step("cases/every", "check cases -r rules/every.yaml ALL ONE", quick=False),
        _step("cases/all", "check cases --witness all JSON ONE", quick=False),
        _step("cases/facts", "facts cases --format json --witness all --no-cache", quick=False),
        *(_step(f"presets/{name}", f"check films samples -r {name} JSON -j 1", quick=False) for name in PRESETS),
    ]


def _facts() -> list[Step]:
    return [
        _step("facts/json", "facts films --format json --witness all --checksum --no-cache"),
        _step("facts/text", "facts films --no-cache"),
        _step("facts/auto", "facts films samples --format json --no-cache", quick=False),
        _step("facts/mediainfo", "facts films --format json --witness mediainfo --no-cache", quick=False),
        _step("facts/zh", "facts films --lang zh --manifest tables/entries.csv --no-cache", quick=False),
    ]


def _batch() -> list[Step]:
    archive = "--archive state/archive.sqlite"
    check = f"check alike -r rules/batch.yaml {archive}"
    return [
        _step("batch/alone", "check alike -r rules/batch.yaml ALL ONE"),
        _step(
            "batch/reversed",
            "check alike/f.mp4 alike/e.mp4 alike/b.mp4 alike/a.mp4 -r rules/batch.yaml JSON ONE",
            quick=False,
        ),
        _step("batch/preset", "check alike entered JSON ONE", quick=False),
        _step("archive/add", f"archive add films --edition 2021 --manifest tables/entries.csv {archive}"),
        _step("archive/report-of", "check alike -r rules/plain.yaml JSON ONE", quick=False),
        _step(
            "archive/add-report", f"archive add out/archive/report-of/report.json --edition 2020 {archive}", quick=False
        ),
        _step("archive/list", f"archive list {archive}"),
        _step("archive/list-zh", f"archive list --lang zh {archive}", quick=False),
        _step("archive/check", f"archive check alike {archive}"),
        _step("archive/used", f"{check} ALL ONE"),
        _step("archive/used-zh", f"{check} --lang zh JSON ONE", quick=False),
        _step("archive/remove", f"archive remove 2021 {archive}", quick=False),
        _step("archive/remove-none", f"archive remove 1999 {archive}", quick=False),
        _step("archive/after", f"{check} JSON ONE", quick=False),
        _step("archive/none", "archive list --archive state/none.sqlite", quick=False),
    ]


def _decisions() -> list[Step]:
    decide = "decide films/plain.mp4 duration accept --by 王芳 --date 2022-03-01 -r rules/plain.yaml --decisions state/d.yaml"
    check = "check films/plain.mp4 films/hd.mp4 films/cut.mp4 -r rules/plain.yaml --decisions state/d.yaml"
    answers = "accept\nfine\nreject\nnot good\nskip\n\nquit\n"
    return [
        _step("decisions/before", "check films/plain.mp4 films/hd.mp4 films/cut.mp4 -r rules/plain.yaml JSON ONE"),
        _step("decisions/decide", f"{decide} --reason because␣it␣is"),
        _step("decisions/reject", "decide films/hd.mp4 look reject --by A --date 2022-03-01 -r rules/plain.yaml --decisions state/d.yaml --reason no", quick=False),
        _step("decisions/unknown", "decide films/hd.mp4 luck reject --by A -r rules/plain.yaml --decisions state/d.yaml --reason no", quick=False),
        _step("decisions/gone", "decide films/gone.mp4 look reject --by A -r rules/plain.yaml --decisions state/d.yaml --reason no", quick=False),
        _step("decisions/check", f"{check} --final ALL ONE"),
        _step("decisions/check-zh", f"{check} --lang zh ALL ONE", quick=False),
        _step("decisions/review", "review out/decisions/check/report.json --by 李 --decisions state/d.yaml", text=answers),
        _step("decisions/review-zh", "review out/decisions/check/report.json --by 李 --decisions state/d2.yaml --lang zh", text=answers, quick=False),
        _step("decisions/diff", "diff out/decisions/before/report.json out/decisions/check/report.json"),
        _step("decisions/diff-json", "diff out/decisions/check/report.json out/decisions/before/report.json --format json"),
        _step("decisions/diff-zh", "diff out/decisions/before/report.json out/decisions/check/report.json --lang zh", quick=False),
        _step("letters/of", "check samples films/hd.mp4 JSON ONE --manifest tables/entries.csv"),
        _step("letters/write", "letters out/letters/of/report.json --out OUT"),
        _step("letters/again", "letters out/letters/of/report.json --out out/letters/write", quick=False),
        _step("letters/zh", "letters out/letters/of/report.json --out OUT --lang zh", quick=False),
    ]  # fmt: skip


def _rules() -> list[Step]:
    steps = [
        _step("rules/list", "rules list"),
        _step("rules/list-zh", "rules list --lang zh", quick=False),
        _step("rules/show", "rules show"),
        _step("rules/show-every", "rules show rules/every.yaml --lang zh"),
        _step("rules/check", "rules check rules/every.yaml", quick=False),
        _step("rules/schema", "rules schema"),
        _step("rules/explain", "rules explain duration"),
        _step("rules/explain-rule", "rules explain tall -r rules/every.yaml", quick=False),
        _step("rules/explain-none", "rules explain duratoin"),
        *(_step(f"schema/{name}", f"schema {name}", quick=name != "rules") for name in ("report", "facts", "rules")),
    ]
    for language in LANGUAGES:
        steps += [
            _step(f"presets-shown/{name}-{language}", f"rules show {name} --lang {language}", quick=False)
            for name in PRESETS
        ]
        steps += [
            _step(f"explain/{key}-{language}", f"rules explain {key} --lang {language}", quick=False) for key in KEYS
        ]
        steps += [
            _step(f"wrong-rules/{name}-{language}", f"rules check rules/{name}.yaml --lang {language}", quick=name in {"keys", "clash"})
            for name in WRONG_RULES
        ]  # fmt: skip
    return steps


def _usage() -> list[Step]:
    steps = [
        _step("init/plain", "init OUT.yaml"),
        _step("init/again", "init out/init/plain.yaml", quick=False),
        _step("init/preset", "init OUT.yaml --preset china-national-2024 --lang zh", quick=False),
        _step("init/preset-none", "init OUT.yaml --preset china-nationl-2024", quick=False),
        _step("init/from", "init OUT.yaml --from films/hd.mp4"),
        _step("init/from-zh", "init OUT.yaml --from films/plain.mp4 --lang zh", quick=False),
        _step("init/from-none", "init OUT.yaml --from films/gone.mp4", quick=False),
        _step("usage/version", "--version"),
        _step("usage/doctor", "doctor"),
        _step("usage/doctor-zh", "doctor --lang zh", quick=False),
        _step("usage/cache", "cache clear", quick=False),
        _step("usage/command", "chek films", quick=False),
        _step("usage/option", "check films --ruls x"),
        _step("usage/option-zh", "check films --ruls x", LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8"),
        _step("usage/argument", "check", quick=False),
        _step("usage/missing", "check films/gone.mp4 films/plain.mp4 -r rules/plain.yaml ONE"),
        _step("usage/nothing", "check tables -r rules/plain.yaml ONE", quick=False),
        _step("usage/preset", "check films -r heilongjang-2022 ONE"),
        _step("usage/wrong-rules", "check films -r rules/keys.yaml ONE", quick=False),
        _step("usage/only", "check films -r rules/plain.yaml --only lok ONE", quick=False),
        _step("usage/format", "check films --report jsn:x ONE", quick=False),
        _step("usage/ending", "check films --report x.abc ONE", quick=False),
        _step("usage/workers", "check films -j 0", quick=False),
        _step(
            "usage/report-place",
            "check films/hd.mp4 -r rules/plain.yaml --report json:none/there.json ONE",
            quick=False,
        ),
        _step("usage/stdout", "check films/hd.mp4 -r rules/plain.yaml --report csv:- ONE", quick=False),
        _step("usage/twice", "check films/hd.mp4 films/../films/hd.mp4 -r rules/plain.yaml JSON ONE", quick=False),
        _step("usage/no-report", "diff rules/plain.yaml tables/entries.json", quick=False),
        _step("usage/letters-none", "letters tables/entries.json --out OUT", quick=False),
        _step("usage/url", "check https://127.0.0.1/a.mp4 -r rules/plain.yaml JSON ONE", quick=False),
        _step("demo/run", "demo OUT/samples", quick=False),
        _step("demo/zh", "demo OUT/samples --lang zh", quick=False),
    ]
    for language, variable in zip(LANGUAGES, ("C.UTF-8", "zh_CN.UTF-8"), strict=True):
        for command in COMMANDS:
            name = f"help/{command.replace(' ', '-') or 'all'}-{language}"
            steps.append(
                _step(
                    name,
                    f"{command} --help",
                    quick=command in {"", "check"},
                    LANG=variable,
                    LC_ALL=variable,
                    COLUMNS="80",
                )
            )
    return steps


def remote(address: str) -> list[Step]:
    """Entries on a web server at this address."""
    urls = " ".join(f"{address}/films/{name}" for name in ("plain.mp4", "hd.mp4", "cut.mp4", "gone.mp4", "text.mp4"))
    return [
        _step("urls/check", f"check {urls} -r rules/every.yaml --allow-private ALL ONE", quick=False),
        _step("urls/facts", f"facts {urls} --format json --allow-private --no-cache", quick=False),
        _step("urls/refused", f"check {urls} -r rules/plain.yaml JSON ONE", quick=False),
    ]


def clustered(address: str) -> list[Step]:
    """The workers of the Dask scheduler at this address."""
    return [
        _step("cluster/films", f"check films -r rules/every.yaml --manifest tables/entries.csv --cluster {address} ALL --no-cache", quick=False),
        _step("cluster/batch", f"check alike -r rules/batch.yaml --cluster {address} JSON --no-cache", quick=False),
        _step("cluster/forms", f"check entered --cluster {address} JSON --no-cache", quick=False),
    ]  # fmt: skip


def steps() -> list[Step]:
    """Every step that needs no server."""
    return [*_checks(), *_facts(), *_batch(), *_decisions(), *_rules(), *_usage()]
