"""Mistakes in rules files, each with all that is said of it. Rows are what follows `vidcheck: 1` and `rules:`."""

HEAD = "vidcheck: 1\nrules:\n"

RULES: dict[str, tuple[str, ...]] = {
    # id: (the rules from line 3 on, what is said …)
    "unknown key": (
        "  duraton: {max: 5 min}",
        "3:3: duraton: 'duraton' is no key; a rule bears a key's name, or says fact, any or manual (try \"duration\")",
    ),
    "unknown key, a part of its name": (
        "  codec: {is: h264}",
        "3:3: codec: 'codec' is no key; video.codec asks it (try \"video.codec: {is: h264}\")",
    ),
    "unknown key, far from all": (
        "  zzz: {is: h264}",
        "3:3: zzz: 'zzz' is no key; a rule bears a key's name, or says fact, any or manual",
    ),
    "unknown fact": (
        "  fps: {fact: video.framerate, is: 25}",
        "3:15: fps: 'video.framerate' is no key (try \"video.frame-rate\")",
    ),
    "not a duration": ("  duration: {max: wide}", "3:19: duration: 'wide' is not a duration (try \"2 min\")"),
    "duration without a unit": (
        "  duration: {max: 300}",
        "3:19: duration: '300' does not say the unit: write '300 s' or '300 min'",
    ),
    "bare M": (
        "  size: {max: 100M}",
        "3:15: size: '100M' does not say which: write '100 MB' (units of 1000) or '100 MiB' (units of 1024)",
    ),
    "not a resolution": (
        "  resolution: {min: 1080p}",
        "3:21: resolution: '1080p' is not a resolution (try \"1920x1080\")",
    ),
    "not a frame rate": (
        "  video.frame-rate: {is: fast}",
        "3:26: video.frame-rate: 'fast' is not a frame rate (try \"25\")",
    ),
    "not a ratio": ("  aspect-ratio: {is: wide}", "3:22: aspect-ratio: 'wide' is not a ratio (try \"16:9\")"),
    "not a bit rate": ("  bit-rate: {max: 4 MB/s}", "3:19: bit-rate: '4 MB/s' is not a bit rate (try \"4 Mbps\")"),
    "not a whole number": ("  video.count: {is: one}", "3:21: video.count: 'one' is not a whole number (try \"1\")"),
    "neither yes nor no": ("  intact: {is: maybe}", "3:16: intact: 'maybe' is neither yes nor no (try \"yes\")"),
    "impossible date": (
        "  completed: {from: 2022-02-30}",
        "3:21: completed: '2022-02-30' is no day of the calendar (try \"2022-02-28\")",
    ),
    "not a date": (
        "  completed: {from: spring 2022}",
        "3:21: completed: 'spring 2022' is not a date (try \"2022-02-28\")",
    ),
    "value outside the closed set": (
        "  video.codec: {is: h265}",
        "3:21: video.codec: 'h265' is no value of video.codec (try \"hevc\")",
    ),
    "profile mistyped": (
        "  video.profile: {is: Hihg}",
        "3:23: video.profile: 'Hihg' is no value of video.profile (try \"High\")",
    ),
    "profile of another codec of sound": (
        "  audio.profile: {is: zzz}",
        "3:23: audio.profile: 'zzz' is no value of audio.profile (try \"LC, HE-AAC, HE-AACv2, xHE-AAC, Main, SSR, LTP, LD, ELD, ER LC\")",
    ),
    "kind mistyped, contains": (
        "  attachment.kind: {contains: mp44}",
        "3:31: attachment.kind: 'mp44' is no value of attachment.kind (try \"mp4\")",
    ),
    "kind mistyped, in a list": (
        "  form.kind: {only: [docx, pfd]}",
        "3:28: form.kind: 'pfd' is no value of form.kind (try \"pdf\")",
    ),
    "kind mistyped, in a value that is a list": (
        "  form.kind: {is: [docx, pfd]}",
        "3:26: form.kind: 'pfd' is no value of form.kind (try \"pdf\")",
    ),
    "kind that is none": (
        "  attachment.kind: {only: qqqqq}",
        "3:27: attachment.kind: 'qqqqq' is no value of attachment.kind; vidcheck rules explain attachment.kind lists them",
    ),
    "value in capitals": ("  format: {is: MP4}", "3:16: format: 'MP4' is no value of format (try \"mp4\")"),
    "value outside, in a list": (
        "  video.codec: {any-of: [h264, avx]}",
        "3:32: video.codec: 'avx' is no value of video.codec (try \"av1\")",
    ),
    "value far from all": (
        "  orientation: {is: upside}",
        "3:21: orientation: 'upside' is no value of orientation (try \"landscape, portrait, square\")",
    ),
    "duplicate rule": (
        "  size: {max: 1 GB}\n  size: {max: 2 GB}",
        "4:3: 'size' stands here a second time; the first is in line 3",
    ),
    "duplicate constraint": (
        "  size: {max: 1 GB, max: 2 GB}",
        "3:21: 'max' stands here a second time; the first is in line 3",
    ),
    "min above max": (
        "  duration: {min: 5 min, max: 2 min}",
        "3:31: duration: nothing can meet 'min' 5:00 and 'max' 2:00 at once (try \"min: 2 min, max: 5 min\")",
    ),
    "min above max on one side": (
        "  resolution: {min: 1280x720, max: 1920x700}",
        "3:36: resolution: nothing can meet 'min' 1280×720 and 'max' 1920×700 at once (try \"min: 1920x700, max: 1280x720\")",
    ),
    "from after to": (
        "  completed: {to: 2020-01-01, from: 2022-02-28}",
        "3:37: completed: nothing can meet 'from' 2022-02-28 and 'to' 2020-01-01 at once (try \"from: 2020-01-01, to: 2022-02-28\")",
    ),
    "above and below meet": (
        "  duration: {above: 2 min, below: 120 s}",
        "3:35: duration: nothing can meet 'above' 2:00 and 'below' 2:00 at once",
    ),
    "lengths crossed": (
        "  title: {min-length: 9, max-length: 3}",
        "3:38: title: nothing can meet 'min-length' 9 and 'max-length' 3 at once (try \"min-length: 3, max-length: 9\")",
    ),
    "counts crossed": (
        "  audio.languages: {max-count: 1, min-count: 2}",
        "3:46: audio.languages: nothing can meet 'min-count' 2 and 'max-count' 1 at once (try \"min-count: 1, max-count: 2\")",
    ),
    "is beside min": (
        "  duration: {is: 30 s, min: 20 s}",
        "3:29: duration: 'min' adds nothing to 'is', which says all: keep one",
    ),
    "min beside above": (
        "  duration: {min: 20 s, above: 30 s}",
        "3:32: duration: 'min' and 'above' say the same end: keep one",
    ),
    "a value twice": (
        "  video.frame-rate: {any-of: [29.97, 30000/1001]}",
        "3:38: video.frame-rate: '30000/1001' says the same as '29.97' before it",
    ),
    "any-of against not": ("  format: {any-of: [mp4, mov], not: mov}", "3:37: format: 'not' rules out mov of 'any-of'"),
    "any-of against max": (
        "  audio.channels: {any-of: [1, 6], max: 2}",
        "3:41: audio.channels: 'max' rules out 6 of 'any-of'",
    ),
    "value where constraints should": (
        "  format: mp4",
        '3:11: format: a value stands where constraints should (try "{is: mp4}")',
    ),
    "list where constraints should": (
        "  format: [mp4, mov]",
        '3:11: format: a list stands where constraints should (try "{any-of: [mp4, mov]}")',
    ),
    "list where one value should": (
        "  format: {is: [mp4, mov]}",
        "3:16: format: 'is' takes one value, not a list (try \"any-of: [mp4, mov]\")",
    ),
    "value where a list should": (
        "  format: {any-of: mp4}",
        "3:20: format: 'any-of' takes a list (try \"any-of: [mp4]\")",
    ),
    "mapping where a value should": (
        "  duration: {max: {is: 3 min}}",
        "3:19: duration: 'max' takes a value, not a mapping (try \"max: 2 min\")",
    ),
    "empty list": ("  format: {any-of: []}", "3:20: format: the list of 'any-of' is empty"),
    "nothing behind the rule": ("  duration:", '3:3: duration: nothing is asked (try "{is: 2 min}")'),
    "no constraint": ("  duration: {}", '3:3: duration: nothing is asked (try "{is: 2 min}")'),
    "only a level": ("  duration: {level: required}", '3:3: duration: nothing is asked (try "{is: 2 min}")'),
    "no space after the colon": (
        "  duration: {max:5 min}",
        "3:14: duration: 'max:5 min' has lost its value: a space is missing after the ':' (try \"max: 5 min\")",
    ),
    "no space, on a line of its own": (
        "  duration:\n    max:5 min",
        "4:5: duration: 'max:5 min' lacks the space after its ':' (try \"max: 5 min\")",
    ),
    "no value": ("  duration: {max: }", "3:14: duration: 'max' has lost its value (try \"max: 2 min\")"),
    "full-width colon in a constraint": (
        "  duration: {max：5 min}",
        "3:14: duration: a full-width '：' stands in 'max：5 min' (try \"max: 5 min\")",
    ),
    "full-width colon after the rule": (
        "  duration：{max: 5 min}",
        "3:3: a full-width '：' stands in 'duration：{max' (try \"duration: {max: 5 min}\")",
    ),
    "unknown constraint": (
        "  duration: {maximum: 5 min}",
        "3:14: duration: 'maximum' is nothing that can be asked of duration (try \"max\")",
    ),
    "constraint of another kind": (
        "  format: {min: 3}",
        "3:12: format: 'min' can't be asked of format (text); it takes is, not, any-of, none-of, matches, min-length, max-length, known (try \"min-length\")",
    ),
    "above on a resolution": (
        "  resolution: {above: 1280x720}",
        "3:16: resolution: 'above' can't be asked of resolution (resolution); it takes is, not, any-of, none-of, min, max, known (try \"min\")",
    ),
    "max on a date": (
        "  completed: {max: 2022-02-28}",
        "3:15: completed: 'max' can't be asked of completed (date); it takes is, not, any-of, none-of, from, to, known (try \"to\")",
    ),
    "known: no": ("  completed: {known: no}", "3:22: completed: 'known' takes only yes (try \"known: yes\")"),
    "level as a name": (
        "  size: {max: 1 GB, required: yes}",
        "3:21: size: 'required' is a level (try \"level: required\")",
    ),
    "off in capitals": ("  size: OFF", '3:9: size: a value stands where constraints should (try "off")'),
    "pattern bomb": (
        "  file.name: {matches: '((a{999}){999}){999}'}",
        "3:24: file.name: the pattern has more than 20000 parts when its repetitions are written out",
    ),
    "unknown level": (
        "  size: {max: 1 GB, level: warning}",
        "3:28: size: 'warning' is no level: it is required, recommended (try \"recommended\")",
    ),
    "unknown if-unknown": (
        "  size: {max: 1 GB, if-unknown: reject}",
        "3:33: size: 'reject' is no if-unknown: it is review, fail, pass (try \"fail\")",
    ),
    "unknown witness": (
        "  size: {max: 1 GB, evidence: [ffprobee]}",
        "3:32: size: 'ffprobee' is no witness: it is declared, filesystem, boxes, mediainfo, ffprobe, content (try \"ffprobe\")",
    ),
    "a witness twice": (
        "  size: {max: 1 GB, evidence: [boxes, boxes]}",
        "3:39: size: 'boxes' says the same as 'boxes' before it",
    ),
    "no such language": (
        "  mandarin: {manual: {zh: 普通话, cn: 普通话}}",
        "3:32: mandarin: 'cn' is no language of reports: they are en, zh (try \"zh\")",
    ),
    "misspelt hole": (
        "  size: {max: 1 GB, message: '{actuel} is too large'}",
        "3:30: size: nothing is put in for '{actuel}' (try \"{actual}\")",
    ),
    "tolerance where nothing is widened": (
        "  duration: {above: 2 min, tolerance: 1 s}",
        "3:28: duration: nothing here is widened by a tolerance; it widens is, any-of, min, max",
    ),
    "tolerance of a text": ("  format: {is: mp4, tolerance: 1 %}", "3:21: format: a tolerance can't widen text"),
    "negative tolerance": (
        "  duration: {is: 30 s, tolerance: -1 s}",
        '3:35: duration: a tolerance can\'t be negative (try "1 s")',
    ),
    "tolerance of another kind": (
        "  duration: {is: 30 s, tolerance: 1 MB}",
        "3:35: duration: '1 MB' is no tolerance of duration (try \"0.5 s\")",
    ),
    "tolerance beyond the whole": (
        "  duration: {is: 30 s, tolerance: 200 %}",
        '3:35: duration: a tolerance of 200 % is more than the whole (try "0.5 s")',
    ),
    "container-date elsewhere": (
        "  size: {max: 1 GB, container-date: review}",
        "3:21: size: 'container-date' is for completed only",
    ),
    "container-date: fail": (
        "  completed: {to: 2022-02-28, container-date: fail}",
        "3:47: completed: 'fail' is no container-date: it is review (try \"review\")",
    ),
    "bad pattern": (
        "  file.name: {matches: '(a'}",
        "3:24: file.name: the pattern is not sound at its character 3: missing )",
    ),
    "named like a key, speaks of another": (
        "  duration: {fact: size, max: 1 GB}",
        '3:20: duration: the rule is named like one key and speaks of another, size: give it that name, or one of its own (try "size")',
    ),
    "named like a key, manual": (
        "  completed: {manual: ask}",
        "3:3: completed: the rule is named like a key: with 'manual' it needs a name of its own (try \"completed-rule\")",
    ),
    "two forms": (
        "  x: {fact: size, max: 1 GB, manual: ask}",
        "3:30: x: a rule says one of fact, any and manual; this one says fact, manual",
    ),
    "constraint beside any": (
        "  x: {any: [{size: {max: 1 GB}}], max: 1 GB}",
        "3:35: x: 'max' belongs to a key: inside a branch",
    ),
    "constraint beside manual": (
        "  x: {manual: ask, is: yes}",
        "3:20: x: a manual rule asks nothing else than a person's word; 'is' asks of a key",
    ),
    "any without branches": (
        "  x: {any: []}",
        "3:12: x: 'any' has no branch (try \"any: [{resolution: {min: 1280x720}}, {video.height: {min: 1080}}]\")",
    ),
    "any as a mapping": (
        "  x: {any: {size: {max: 1 GB}}}",
        "3:12: x: 'any' takes a list of branches (try \"any: [{resolution: {min: 1280x720}}, {video.height: {min: 1080}}]\")",
    ),
    "level in a branch": (
        "  x: {any: [{size: {max: 1 GB, level: required}}]}",
        "3:32: x: size: 'level' belongs to the rule, not into 'any'",
    ),
    "unknown key in a branch": (
        "  x: {any: [{hight: {min: 720}}]}",
        "3:14: x: 'hight' is no key (try \"video.height\")",
    ),
    "bare value in when": (
        "  size: {max: 1 GB, when: {format: mp4}}",
        '3:36: size: when: format: a value stands where constraints should (try "{is: mp4}")',
    ),
    "empty when": (
        "  size: {max: 1 GB, when: {}}",
        "3:27: size: when: 'when' asks nothing (try \"{format: {is: mp4}}\")",
    ),
    "manual says nothing": ("  x: {manual: ''}", "3:15: x: 'manual' says nothing"),
    "off without extends": (
        "  size: off",
        "3:9: size: 'off' drops a rule of the file that is extended, and this file extends none",
    ),
    "alias": (
        "  size: {max: &most 1 GB}\n  x: {fact: size, max: *most}",
        "3:15: '&most' is a YAML anchor: rules files have none",
        "4:24: '*most' is a YAML alias: write out what it stands for",
    ),
    "tag": (
        "  size: {max: !!str 1 GB}",
        "3:15: '!!str' is a YAML tag: rules files have none, everything is read as text",
    ),
    "merge key": (
        "  size: {<<: {max: 1 GB}, min: 1 MB}",
        "3:10: '<<' is refused: use 'extends', or write the lines out",
    ),
    "a name that is a list": ("  [a, b]: {max: 1 GB}", "3:3: a name is a text, never a list or a mapping"),
    "a name with white space around": (
        "  ' size': {max: 1 GB}",
        "3:3: ' size' is no name: one line, at most 80 visible characters",
    ),
    "invisible characters in a value": (
        '  duration: {max: "5\\u202E min"}',
        r"""3:19: duration: '5\u202e min' is not a duration (try "2 min")""",
    ),
    "no rules": ("  {}", "3:3: 'rules' is empty: nothing is asked (try \"rules: {format: {is: mp4}}\")"),
    "rules as a list": (
        "  - format: {is: mp4}",
        "3:3: 'rules' takes rules by name (try \"rules: {format: {is: mp4}}\")",
    ),
    "several at once": (
        "  duration: {max: wide, level: must}\n  sizee: {max: 1 GB}\n  completed: {from: 2022-13-01, before: 2022}",
        "3:19: duration: 'wide' is not a duration (try \"2 min\")",
        "3:32: duration: 'must' is no level: it is required, recommended (try \"required\")",
        "4:3: sizee: 'sizee' is no key; a rule bears a key's name, or says fact, any or manual (try \"size\")",
        "5:21: completed: '2022-13-01' is no day of the calendar (try \"2022-12-01\")",
        "5:33: completed: 'before' is nothing that can be asked of completed (try \"to\")",
    ),
}

FILES: dict[str, tuple[bytes, ...]] = {
    # id: (the whole file, what is said …)
    "empty": (b"", b"1:1: the file is empty: it says neither 'vidcheck: 1' nor any rule"),
    "only white space": (b" \n\t\n", b"1:1: the file is empty: it says neither 'vidcheck: 1' nor any rule"),
    "only a comment": (b"# nothing\n", b"1:1: the file is empty: it says neither 'vidcheck: 1' nor any rule"),
    "binary": (b"vidcheck: 1\n\x00\x01", b"2:1: this is a binary file, no rules file"),
    "not UTF-8": ("vidcheck: 1\n# 规则".encode("gbk"), b"2:3: byte 0xb9 is not UTF-8: save the file as UTF-8"),
    "UTF-16": ("vidcheck: 1".encode("utf-16"), b"1:1: this is UTF-16: save it as UTF-8"),
    "control character": (b"vidcheck: 1\nrules: \x1b[31m", b"2:8: the character \\x1b can't stand in a text file"),
    "a bare text": (b"hello", b'1:1: a rules file is a mapping: vidcheck, contest, rules (try "vidcheck: 1")'),
    "no version": (b"rules: {format: {is: mp4}}", b'1:1: the version of the rules language is missing (try "vidcheck: 1")'),
    "another version": (
        b"vidcheck: 2\nrules: {formt: {is: mp4}}",
        b"1:11: version '2' of the rules language is not known here; this vidcheck reads version 1 (try \"vidcheck: 1\")",
    ),
    "unknown part": (
        b"vidcheck: 1\nrule: {format: {is: mp4}}",
        b"2:1: 'rule' is nothing that a rules file has; it has vidcheck, contest, extends, rules, batch, categories (try \"rules\")",
    ),
    "a rule at the top": (
        b"vidcheck: 1\nduration: {max: 5 min}",
        b"2:1: 'duration' is a rule: it stands under 'rules' (try \"rules: {duration: \xe2\x80\xa6}\")",
    ),
    "no rules": (b"vidcheck: 1\n", b"1:1: 'rules' is missing (try \"rules: {format: {is: mp4}}\")"),
    "unknown zone": (
        b"vidcheck: 1\ncontest: {timezone: Asia/Shangai}\nrules: {format: {is: mp4}}",
        b"2:21: contest: 'Asia/Shangai' is no time zone (try \"Asia/Shanghai\")",
    ),
    "zone by a city that has none": (
        b"vidcheck: 1\ncontest: {timezone: Asia/Beijing}\nrules: {format: {is: mp4}}",
        b"2:21: contest: 'Asia/Beijing' is no time zone (try \"Asia/Shanghai\")",
    ),
    "unknown part of contest": (
        b"vidcheck: 1\ncontest: {titel: x}\nrules: {format: {is: mp4}}",
        b"2:11: contest: 'titel' is nothing that contest has; it has title, timezone, deadline, corrections, content, entries (try \"title\")",
    ),
    "a deadline that is no date": (
        b"vidcheck: 1\ncontest: {deadline: soon}\nrules: {format: {is: mp4}}",
        b"2:21: contest: deadline: 'soon' is not a date (try \"2022-02-28\")",
    ),
    "an impossible deadline": (
        b"vidcheck: 1\ncontest: {deadline: 2022-02-30, timezone: Asia/Shangai}\nrules: {format: {is: mp4}}",
        b"2:21: contest: deadline: '2022-02-30' is no day of the calendar (try \"2022-02-28\")",
        b"2:43: contest: 'Asia/Shangai' is no time zone (try \"Asia/Shanghai\")",
    ),
    "a month as deadline": (
        b"vidcheck: 1\ncontest: {deadline: 2022-05}\nrules: {format: {is: mp4}}",
        b"2:21: contest: deadline: '2022-05' is a month; a deadline is a day or a moment (try \"2022-05-31\")",
    ),
    "a deadline that lost its value": (
        b"vidcheck: 1\ncontest: {deadline: }\nrules: {format: {is: mp4}}",
        b"2:11: contest: 'deadline' has lost its value (try \"deadline: 2022-05-09\")",
    ),
    "unknown preset": (
        b"vidcheck: 1\nextends: heilongjiang-2021\n",
        b"2:10: extends: 'heilongjiang-2021' can't be extended: there is no such file and no preset of that name (try \"heilongjiang-2022\")",
    ),
    "from the net": (
        b"vidcheck: 1\nextends: https://example.org/rules.yaml\n",
        b"2:10: extends: 'https://example.org/rules.yaml' can't be extended: only a preset or a file on this machine can be extended",
    ),
    "off of nothing": (
        b"vidcheck: 1\nextends: heilongjiang-2022\nrules: {duraton: off}",
        b'3:9: duraton: there is no rule of that name to drop (try "duration")',
    ),
    "everything dropped": (
        b"vidcheck: 1\nextends: nasa-hunch-2020\nrules: {%s}",
        b"1:1: no rule is left: there is nothing to check",
    ),
    "two documents": (b"vidcheck: 1\nrules: {format: {is: mp4}}\n---\na: 1\n", b"3:1: a second document begins here: a rules file is one"),
    "tab": (b"vidcheck: 1\nrules:\n\tformat: {is: mp4}\n", b"3:1: a tab can't indent here: use spaces"),
    "unclosed brace": (b"vidcheck: 1\nrules:\n  format: {is: mp4\n", b"3:19: a ',' or the closing '}' is missing, or a text with such signs needs quotes"),
    "unclosed bracket": (b"vidcheck: 1\nrules:\n  format: {any-of: [mp4, mov}\n", b"3:29: a ',' or the closing ']' is missing, or a text with such signs needs quotes"),
    "unclosed quote": (b"vidcheck: 1\nrules:\n  format: {is: 'mp4}\n", b"3:21: the closing quote is missing"),
    "full-width colon": (
        "vidcheck: 1\nrules:\n  duration：\n    max: 5 min\n".encode(),
        "3:11: a full-width '：' stands here (try \"duration: \")".encode(),
    ),
    "full-width comma": (
        "vidcheck: 1\nrules:\n  duration: {min: 2 min， max: 5 min}\n".encode(),
        "3:24: a full-width '，' stands here (try \",\")".encode(),
    ),
    "no space after the colon": (
        b"vidcheck:1\nrules: {format: {is: mp4}}\n",
        b"1:10: a space is missing after the ':' (try \"vidcheck: 1\")",
    ),
    "a text that needs quotes": (b"vidcheck: 1\nrules:\n  format: {is: @mp4}\n", b"3:16: a text that begins with '@' needs quotes"),
    "a sign in a title": (
        b"vidcheck: 1\ncontest:\n  title: Films: the best\n",
        b"3:15: a second ':' can't stand here: the line is indented wrongly, or a text with ': ' needs quotes",
    ),
    "wrongly indented": (
        b"vidcheck: 1\nrules:\n  format: {is: mp4}\n   size: {max: 1 GB}\n",
        b"4:4: this line is indented wrongly, or a list and a mapping are mixed",
    ),
    "bad escape": (
        b'vidcheck: 1\nrules:\n  file.name: {matches: "\\d+"}\n',
        "3:25: this is no escape of YAML: in \"…\" a backslash is doubled, in '…' it stands for itself".encode(),
    ),
    "too deep": (b"vidcheck: 1\nrules: " + b"[" * 40, b"2:32: this is nested deeper than 24 levels"),
    "YAML bomb": (
        b"vidcheck: 1\na: &a [x, x]\nb: &b [*a, *a]\nrules: *b\n",
        b"2:1: 'a' is nothing that a rules file has; it has vidcheck, contest, extends, rules, batch, categories",
        b"2:4: '&a' is a YAML anchor: rules files have none",
        b"3:1: 'b' is nothing that a rules file has; it has vidcheck, contest, extends, rules, batch, categories",
        b"3:4: '&b' is a YAML anchor: rules files have none",
        b"3:8: '*a' is a YAML alias: write out what it stands for",
        b"3:12: '*a' is a YAML alias: write out what it stands for",
        b"4:8: '*b' is a YAML alias: write out what it stands for",
    ),
    "too long": (b"#" * (1 << 20) + b"\nvidcheck: 1", b"1:1: this is longer than 1 MiB"),
    "too many values": (
        b"vidcheck: 1\nrules: {format: {any-of: [" + b"a," * 20_000 + b"]}}",
        b"2:40009: there are more than 20000 values",
    ),
}  # fmt: skip

OVER_MANY = "vidcheck: 1\nrules: {format: {is: mp4}, size: {max: 1 GB}}\n"

BATCH: dict[str, tuple[str, ...]] = {
    # id: (what follows from line 3 on, what is said …)
    "unknown form": (
        "batch:\n  x: {uniqe: checksum}",
        '4:7: x: \'uniqe\' is nothing that a rule over many entries has (try "unique")',
    ),
    "no form": (
        "batch:\n  x: {level: recommended}",
        '4:3: x: a rule over many entries says one of unique, at-most, not-in-archive (try "{unique: checksum}")',
    ),
    "two forms": (
        "batch:\n  x: {unique: checksum, not-in-archive: checksum}",
        "4:25: x: a rule over many entries says one of unique, at-most, not-in-archive; this one says unique, not-in-archive",
    ),
    "batch asks nothing": (
        "batch:\n  x: {}",
        '4:6: x: nothing is asked (try "{unique: checksum}")',
    ),
    "batch rule lost": (
        "batch:\n  x:",
        '4:3: x: nothing is asked (try "{unique: checksum}")',
    ),
    "batch rule is a value": (
        "batch:\n  x: checksum",
        '4:6: x: a rule over many entries says what is compared (try "{unique: checksum}")',
    ),
    "batch is empty": (
        "batch:",
        '3:1: \'batch\' is empty: nothing is asked (try "batch: {same-file: {unique: checksum}}")',
    ),
    "batch is a list": (
        "batch: [checksum]",
        '3:8: \'batch\' takes rules by name (try "batch: {same-file: {unique: checksum}}")',
    ),
    "batch rule named like a key": (
        "batch:\n  checksum: {unique: checksum}",
        '4:3: checksum: the rule is named like a key: with \'unique\' it needs a name of its own (try "checksum-rule")',
    ),
    "batch rule named like a rule": (
        "batch:\n  size-rule: {unique: checksum}\ncategories:\n  by: declared.category\n  rules: {a: {size-rule: {fact: size, max: 1 MB}}}",
        "4:3: size-rule: a rule of single entries bears that name: choose another",
    ),
    "unknown key compared": (
        "batch:\n  x: {unique: declared.titel}",
        '4:15: x: \'declared.titel\' is no key (try "declared.title")',
    ),
    "figure compared": (
        "batch:\n  x: {unique: duration}",
        '4:15: x: entries are not compared in duration (duration): works that differ may agree in it (try "checksum")',
    ),
    "date compared": (
        "batch:\n  x: {at-most: {count: 1, per: completed}}",
        '4:32: x: entries are not compared in completed (date): works that differ may agree in it (try "checksum")',
    ),
    "compared twice": (
        "batch:\n  x: {unique: [checksum, checksum]}",
        "4:26: x: 'checksum' says the same as 'checksum' before it",
    ),
    "nothing compared": (
        "batch:\n  x: {unique: []}",
        '4:15: x: the list of \'unique\' is empty (try "unique: checksum")',
    ),
    "compared lost": (
        "batch:\n  x: {unique: }",
        '4:7: x: \'unique\' has lost its value (try "unique: checksum")',
    ),
    "not in the archive": (
        "batch:\n  x: {not-in-archive: declared.telephone}",
        '4:23: x: the archive does not keep declared.telephone; it keeps checksum, declared.title, declared.authors, declared.first-author, content.fingerprint (try "declared.title")',
    ),
    "at-most alone": (
        "batch:\n  x: {at-most: 2}",
        '4:16: x: \'at-most\' takes count, per (try "at-most: {count: 2, per: declared.first-author}")',
    ),
    "at-most lost": (
        "batch:\n  x: {at-most: }",
        '4:7: x: \'at-most\' has lost its value (try "at-most: {count: 2, per: declared.first-author}")',
    ),
    "at-most without per": (
        "batch:\n  x: {at-most: {count: 2}}",
        '4:16: x: \'per\' is missing (try "at-most: {count: 2, per: declared.first-author}")',
    ),
    "at-most of another name": (
        "batch:\n  x: {at-most: {number: 2, per: declared.first-author}}",
        '4:16: x: \'count\' is missing (try "at-most: {count: 2, per: declared.first-author}")',
        '4:17: x: \'number\' is nothing that \'at-most\' has (try "count")',
    ),
    "at most none": (
        "batch:\n  x: {at-most: {count: 0, per: declared.first-author}}",
        '4:24: x: at most none would refuse every entry (try "1")',
    ),
    "at most a word": (
        "batch:\n  x: {at-most: {count: two, per: declared.first-author}}",
        '4:24: x: \'two\' is not a whole number (try "1")',
    ),
    "keep a misspelt": (
        "batch:\n  x: {unique: checksum, keep: latter}",
        '4:31: x: \'latter\' is no keep: it is later, earlier, none (try "later")',
    ),
    "keep of the archive": (
        "batch:\n  x: {not-in-archive: checksum, keep: later}",
        "4:33: x: 'keep' is for entries of one edition; of an earlier one none counts again",
    ),
    "if-found pass": (
        "batch:\n  x: {unique: checksum, if-found: pass}",
        "4:35: x: 'pass' is no if-found: it is review, fail",
    ),
    "bare level": (
        "batch:\n  x: {unique: checksum, recommended: yes}",
        '4:25: x: \'recommended\' is a level (try "level: recommended")',
    ),
    "a constraint in batch": (
        "batch:\n  x: {unique: checksum, max: 3}",
        "4:25: x: 'max' asks of one entry: such a rule stands under 'rules'",
    ),
    "a form of one entry in batch": (
        "batch:\n  x: {fact: size, max: 1 MB}",
        "4:7: x: 'fact' asks of one entry: such a rule stands under 'rules'",
        "4:19: x: 'max' asks of one entry: such a rule stands under 'rules'",
    ),
    "unknown option in batch": (
        "batch:\n  x: {unique: checksum, levle: recommended}",
        '4:25: x: \'levle\' is nothing that a rule over many entries has (try "level")',
    ),
    "misspelt hole in batch": (
        "batch:\n  x: {unique: checksum, message: '{actul} again'}",
        '4:34: x: nothing is put in for \'{actul}\' (try "{actual}")',
    ),
    "full-width colon in batch": (
        "batch:\n  x: {'unique：checksum': }",
        '4:7: x: a full-width \'：\' stands in \'unique：checksum\' (try "unique: checksum")',
    ),
    "off in batch without extends": (
        "batch:\n  x: off",
        "4:6: x: 'off' drops a rule of the file that is extended, and this file extends none",
    ),
    "a batch rule among rules": (
        "categories:\n  by: declared.category\n  rules: {a: {x: {unique: checksum}}}",
        '5:19: categories: a: x: \'unique\' compares entries: such a rule stands under \'batch\' (try "batch: {x: {unique: …}}")',
    ),
    "categories without by": (
        "categories:\n  rules: {a: {size: {max: 1 MB}}}",
        '4:3: categories: \'by\' is missing (try "by: declared.category")',
    ),
    "categories by a figure": (
        "categories:\n  by: duration\n  rules: {a: {size: {max: 1 MB}}}",
        '4:7: categories: a category is a text; duration is duration (try "declared.category")',
    ),
    "categories by no key": (
        "categories:\n  by: declared.kategory\n  rules: {a: {size: {max: 1 MB}}}",
        '4:7: categories: \'declared.kategory\' is no key (try "declared.category")',
    ),
    "categories by a closed set": (
        "categories:\n  by: orientation\n  rules: {upright: {size: {max: 1 MB}}}",
        '5:11: categories: \'upright\' is no value of orientation (try "landscape, portrait, square")',
    ),
    "no category": (
        "categories:\n  by: declared.category",
        '4:3: categories: no category is listed (try "rules: {short: {duration: {max: 2 min}}}")',
    ),
    "no category listed": (
        "categories: {by: declared.category, rules: {}}",
        '3:37: categories: no category is listed (try "rules: {short: {duration: {max: 2 min}}}")',
    ),
    "categories lost": (
        "categories:",
        '3:1: \'categories\' has lost its value (try "categories: {by: declared.category, rules: {short: {duration: {max: 2 min}}}}")',
    ),
    "categories a list": (
        "categories: [a, b]",
        '3:13: \'categories\' takes by, if-unknown, rules (try "categories: {by: declared.category, rules: {short: {duration: {max: 2 min}}}}")',
    ),
    "categories misspelt": (
        "categories:\n  by: declared.category\n  rule: {a: {size: {max: 1 MB}}}\n  rules: {b: {}}",
        '5:3: categories: \'rule\' is nothing that categories has; it has by, if-unknown, rules (try "rules")',
    ),
    "category lost": (
        "categories:\n  by: declared.category\n  rules: {a: }",
        '5:11: categories: a: \'a\' has lost its value (try "a: {}")',
    ),
    "category a value": (
        "categories:\n  by: declared.category\n  rules: {a: 10 min}",
        "5:14: categories: a: a category takes rules by name; with none, {} says that the others hold as they are",
    ),
    "categories alike": (
        "categories:\n  by: declared.category\n  rules: {A组: {size: off}, Ａ 组: {}}",
        "5:28: categories: 'Ａ 组' says the same as 'A组' before it",
    ),
    "category drops nothing": (
        "categories:\n  by: declared.category\n  rules: {a: {siez: off}}",
        '5:15: categories: a: siez: there is no rule of that name to drop (try "size")',
    ),
    "category off without extends": (
        "categories:\n  by: declared.category\n  rules: {a: off}",
        "5:14: categories: a: 'off' drops a category of the file that is extended, and this file extends none",
    ),
    "a mistake in a category": (
        "categories:\n  by: declared.category\n  rules: {a: {size: {max: 100M}}}",
        "5:27: categories: a: size: '100M' does not say which: write '100 MB' (units of 1000) or '100 MiB' (units of 1024)",
    ),
    "category as a rule's name": (
        "categories:\n  by: declared.category\n  rules: {a: {category: {fact: size, max: 1 MB}}}",
        "5:15: categories: 'category' is what the finding about an entry's category is called: name the rule otherwise",
    ),
    "if-unknown of categories": (
        "categories:\n  by: declared.category\n  if-unknown: fail\n  rules: {a: {}}",
        "5:15: categories: 'fail' is no if-unknown: it is review, pass",
    ),
}  # fmt: skip

SYNTAX: dict[str, tuple[str, ...]] = {
    # id in FILES: what PyYAML's two parsers say of it; another version may say it otherwise
    "tab": ("found character that cannot start any token", "found character '\\t' that cannot start any token"),
    "unclosed brace": ("did not find expected ',' or '}'", "expected ',' or '}', but got '<stream end>'"),
    "unclosed bracket": ("did not find expected ',' or ']'", "expected ',' or ']', but got '}'"),
    "unclosed quote": ("while scanning a quoted scalar found unexpected end of stream",),
    "a text that needs quotes": (
        "found character that cannot start any token",
        "found character '@' that cannot start any token",
    ),
    "a sign in a title": ("mapping values are not allowed in this context", "mapping values are not allowed here"),
    "wrongly indented": ("did not find expected key", "expected <block end>, but found '<block mapping start>'"),
    "bad escape": ("found unknown escape character", "found unknown escape character 'd'"),
}
