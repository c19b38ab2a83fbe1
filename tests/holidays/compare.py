"""Holds every built-in holiday set against the package `holidays` of PyPI, from 2020 to 2035.

usage: compare.py SEASONSCALE

Where the two differ, a line `# differs: DATES or "NAMES OF THEIRS": why` above the set says so: each date that it lists must
differ, each that differs must be listed, and each name must take at least one date out.
"""

import re
import subprocess
import sys

import holidays

YEARS = range(2020, 2036)


def ours(seasonscale, code):
    run = [seasonscale, "holidays", code, "--dates", f"{YEARS.start}..{YEARS.stop - 1}"]
    lines = subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[0] for line in lines}


def theirs(code):
    country, _, part = code.partition("-")
    part = {"GB-EAW": "ENG"}.get(code, part)
    language = None if country in ("US", "GB", "AU", "NZ", "CA", "IE", "IN") else "en_US"
    found = holidays.country_holidays(country, subdiv=part or None, years=YEARS, language=language)
    return {str(day): set(names.split("; ")) for day, names in found.items()}


def explained(text):
    dates, names = set(), set()
    for line in re.findall(r"^# differs: (.*)$", text, re.M):
        said, _, why = line.rpartition(": ")
        assert len(why.split()) > 3, f"no reason: {line}"
        names.update(re.findall(r'"([^"]+)"', said))
        dates.update(re.findall(r"\b\d{4}-\d\d-\d\d\b", re.sub(r'"[^"]+"', "", said)))
    return dates, names


def compare(seasonscale, code):
    text = subprocess.run([seasonscale, "holidays", code], check=True, capture_output=True, text=True).stdout
    own, other = ours(seasonscale, code), theirs(code)
    dates, names = explained(text)
    base = {re.sub(r" \(estimated\)$", "", name): name for name in names}
    used = set()
    differs = set()
    for day in own ^ set(other):
        plain = {re.sub(r" \(estimated\)$", "", name) for name in other.get(day, ())}
        if day in other and plain <= set(base):
            used |= plain
        else:
            differs.add(day)
    problems = [f"{code}: {day} is {'ours' if day in own else 'theirs'} alone: {', '.join(other.get(day, ()))}" for day in sorted(differs - dates)]
    problems += [f"{code}: {day} does not differ" for day in sorted(dates - differs)]
    problems += [f"{code}: `{name}` does not differ" for name in sorted(set(base) - used)]
    return problems


def main():
    seasonscale = sys.argv[1]
    listed = subprocess.run([seasonscale, "holidays"], check=True, capture_output=True, text=True).stdout
    codes = [line.split()[0] for line in listed.splitlines()]
    problems = [problem for code in codes for problem in compare(seasonscale, code)]
    print("\n".join(problems))
    print(f"{len(codes)} sets, {len(YEARS)} years, {len(problems)} differences that no line explains")
    sys.exit(1 if problems or len(codes) < 80 else 0)


if __name__ == "__main__":
    main()
