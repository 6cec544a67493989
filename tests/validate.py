#!/usr/bin/env python3
"""Checks of what stance writes for other programs, by the rules of those programs.

    validate.py sarif REPORT FOLDER     required properties, places against the files in FOLDER;
                                        with $STANCE_SARIF_SCHEMA also the published schema
    validate.py gitlab REPORT
    validate.py rdjsonl REPORT FOLDER

Ends with 1 and says what is wrong, or prints how much was checked."""
import json
import os
import sys


def fail(message):
    sys.exit(f"{sys.argv[1]}: {message}")


def need(condition, message):
    if not condition:
        fail(message)


def load(path):
    def no_duplicates(pairs):
        need(len({k for k, _ in pairs}) == len(pairs), f"duplicate keys in {pairs!r:.100}")
        return dict(pairs)

    with open(path, encoding="utf-8", newline="") as f:
        return [json.loads(line, object_pairs_hook=no_duplicates) for line in f] if path.endswith("l") else json.load(
            f, object_pairs_hook=no_duplicates)


def text_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        return f.read()


def offset(text, line, column):
    """Code points of a line and column that count from 1."""
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1
    return at + column - 1


def sarif(report, folder):
    log = load(report)
    need(log["version"] == "2.1.0" and len(log["runs"]) == 1, "version or runs")
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    need(run["columnKind"] == "unicodeCodePoints", "columnKind")
    need(len({r["id"] for r in rules}) == len(rules), "rules with one id")
    for result in run["results"]:
        need(result["level"] in ("none", "note", "warning", "error"), "level")
        need(rules[result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex")
        need(result["message"]["text"], "message")
        need(0 <= result.get("rank", 0) <= 100, "rank")
        for s in result.get("suppressions", []):
            need(s["kind"] in ("inSource", "external") and s["justification"], "suppression")
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        if "snippet" not in region:
            continue
        text, snippet = text_of(folder, place["artifactLocation"]["uri"]), region["snippet"]["text"]
        a, n = region["charOffset"], region["charLength"]
        need(text[a:a + n] == snippet, f"charOffset: {snippet!r}")
        need(offset(text, region["startLine"], region["startColumn"]) == a, f"start: {snippet!r}")
        need(offset(text, region["endLine"], region["endColumn"]) == a + n, f"end: {snippet!r}")
        a, n = region["byteOffset"], region["byteLength"]
        need(text.encode()[a:a + n] == snippet.encode(), f"byteOffset: {snippet!r}")
    schema = os.environ.get("STANCE_SARIF_SCHEMA")
    if schema:
        import jsonschema
        with open(schema, encoding="utf-8") as f:
            rules = json.load(f)
        jsonschema.validators.validator_for(rules)(rules).validate(log)
        print("valid by the published schema")
    return len(run["results"])


def gitlab(report):
    findings = load(report)
    for f in findings:
        need(f["severity"] in ("info", "minor", "major", "critical", "blocker"), "severity")
        need(f["description"] and f["check_name"] and f["location"]["path"], "empty")
        need(f["location"]["lines"]["begin"] >= 1, "line")
    need(len({f["fingerprint"] for f in findings}) == len(findings), "fingerprints that are the same")
    return len(findings)


def rdjsonl(report, folder):
    findings = load(report)
    for f in findings:
        need(f["severity"] in ("INFO", "WARNING", "ERROR") and f["message"], "severity or message")
        lines = text_of(folder, f["location"]["path"]).encode().split(b"\n")
        for place in f["location"]["range"].values():
            line = lines[place["line"] - 1]
            need(1 <= place["column"] <= len(line) + 1, "column")
            line[:place["column"] - 1].decode()  # on a border of characters
    return len(findings)


if __name__ == "__main__":
    print(globals()[sys.argv[1]](*sys.argv[2:]), "checked")
