#!/usr/bin/env bash
# What the steps of action.yml do: `install`, then `check`. The workflow's inputs come as INPUT_* in the environment and
# are only ever arguments. Must run in bash 3.2, which macOS has: no mapfile, and an empty array is unset to `set -u`.
set -euo pipefail

home=$RUNNER_TEMP/vidcheck-env

fail() { # our own words only: what a workflow gave could hold another command
  printf '::error title=vidcheck::%s\n' "$1"
  exit 2
}

lines_of() { # the lines of $1 that are not blank, into the array `lines`
  lines=()
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    if [ -n "${line//[[:space:]]/}" ]; then lines+=("$line"); fi
  done <<<"$1"
}

install() {
  local extras='' what=$GITHUB_ACTION_PATH
  case ${INPUT_REPORT:-} in *xlsx*) extras='[xlsx]' ;; esac
  if [ -n "${INPUT_VERSION:-}" ]; then
    [[ $INPUT_VERSION =~ ^[0-9][0-9A-Za-z.+!-]*$ ]] || fail "The input 'version' is no version, such as 0.1.0."
    what=vidcheck$extras==$INPUT_VERSION
  else
    what=$GITHUB_ACTION_PATH$extras
  fi
  "${INPUT_PYTHON:-python3}" -m venv "$home"
  "$home/bin/python" -m pip install --quiet --disable-pip-version-check -- "$what"
}

check() {
  local work token code=0 line written='' lines paths options=() extra=()
  work=$(mktemp -d "$RUNNER_TEMP/vidcheck.XXXXXX")
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

  lines_of "$INPUT_PATHS"
  [ "${#lines[@]}" -gt 0 ] || fail "The input 'paths' is empty."
  paths=("${lines[@]}")
  [ -z "${INPUT_RULES:-}" ] || options+=("--rules=$INPUT_RULES")
  case ${INPUT_STRICT:-false} in
    true) options+=(--strict) ;;
    false) ;;
    *) fail "The input 'strict' is neither 'true' nor 'false'." ;;
  esac
  lines_of "${INPUT_REPORT:-}"
  [ "${#lines[@]}" -gt 0 ] || lines=("json:$work/report.json")
  for line in "${lines[@]}"; do extra+=("--report=$line"); done

  # What vidcheck prints holds the names of strangers' files, and the runner takes `##[error]` in any line for a command.
  printf '::stop-commands::%s\n' "$token"
  "$home/bin/vidcheck" check "--lang=${INPUT_LANG:-en}" ${options[@]+"${options[@]}"} "${extra[@]}" \
    "--report=github:$work/annotations" "--report=markdown:$work/summary.md" -- "${paths[@]}" 2>&1 || code=$?
  printf '\n::%s::\n' "$token"

  if [ -f "$work/annotations" ]; then
    cat "$work/annotations" # every line is one command, and what is in it is escaped
  else
    printf '::error title=vidcheck::vidcheck ended with exit code %d before it had a report; the log says why.\n' "$code"
  fi
  if [ -f "$work/summary.md" ]; then cat "$work/summary.md" >>"$GITHUB_STEP_SUMMARY"; fi

  for line in "${lines[@]}"; do
    if [[ $line =~ ^[a-z]+:(.*)$ ]]; then line=${BASH_REMATCH[1]}; fi
    if [ -f "$line" ]; then written+=$line$'\n'; fi
  done
  {
    printf 'exit-code=%d\n' "$code"
    printf 'report<<%s\n%s%s\n' "$token" "$written" "$token"
  } >>"$GITHUB_OUTPUT"
  return "$code"
}

case ${1:-} in
  install) install ;;
  check) check ;;
  *) fail "ci/action.sh wants 'install' or 'check'." ;;
esac
