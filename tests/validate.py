#!/usr/bin/env python3
"""Checks of what stance writes for other programs, by the rules of those programs.

    validate.py sarif REPORT FOLDER     required properties, places against the files in FOLDER;
                                        with $STANCE_SARIF_SCHEMA also the published schema
    validate.py gitlab REPORT
    validate.py rdjsonl REPORT FOLDER
    validate.py brat FOLDER             the rules of brat's own reader
    validate.py cas FILE
    validate.py same A B [KEY...]       two files of stance's JSONL say the same
    validate.py spans FILE              its offsets are right

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


def brat(folder):
    """The rules of brat's annotation.py: labels, offsets, text, one line a span, ids once."""
    import re
    n = 0
    with open(os.path.join(folder, "annotation.conf"), encoding="utf-8") as f:
        entities = f.read().split("[relations]")[0].split("\n")[1:]
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".ann"):
            continue
        with open(os.path.join(folder, name[:-4] + ".txt"), encoding="utf-8") as f:  # "\r\n" is one
            text = f.read()
        need("\r" not in text and not text.startswith("\ufeff"), "line ends or byte order mark")
        ids = set()
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            for line in f.read().splitlines():
                ident, what, said = line.split("\t")
                need(ident not in ids, f"{ident} twice")
                ids.add(ident)
                if ident[0] == "#":
                    kind, target = what.split(" ")
                    need(kind == "AnnotatorNotes" and target in ids, line)
                    continue
                m = re.fullmatch(r"([A-Za-z0-9_-]+) (\d+ \d+(?:;\d+ \d+)*)", what)
                need(m and ident[0] == "T" and m[1] in entities, line)
                spans = [tuple(map(int, s.split(" "))) for s in m[2].split(";")]
                need(all(a < b <= len(text) and "\n" not in text[a:b] for a, b in spans), line)
                need(all(a[1] <= b[0] for a, b in zip(spans, spans[1:])), line)
                need(" ".join(text[a:b] for a, b in spans) == said, line)
                n += 1
    return n


def cas(path):
    """CAS JSON 0.4: types, one Sofa, ids once, views that name them, UTF-16 offsets in the text."""
    log = load(path)
    structures = log["%FEATURE_STRUCTURES"]
    sofa = [s for s in structures if s["%TYPE"] == "uima.cas.Sofa"]
    need(len(sofa) == 1 and log["%VIEWS"]["_InitialView"]["%SOFA"] == sofa[0]["%ID"], "Sofa")
    units = sofa[0]["sofaString"].encode("utf-16-le")
    ids = [s["%ID"] for s in structures]
    need(len(set(ids)) == len(ids), "ids")
    need(sorted(log["%VIEWS"]["_InitialView"]["%MEMBERS"] + [sofa[0]["%ID"]]) == sorted(ids), "members")
    n = 0
    for s in structures:
        if "begin" not in s:
            continue
        need(s["@sofa"] == sofa[0]["%ID"] and 0 <= s["begin"] < s["end"] <= len(units) // 2, str(s))
        units[2 * s["begin"]:2 * s["end"]].decode("utf-16-le")  # no half of a pair
        n += s["%TYPE"] == "custom.Stance" and s["%TYPE"] in log["%TYPES"]
    return n


def same(one, two, *keys):
    """Two files of stance's JSONL say the same of every sentence, by these keys or all."""
    a, b = ([r for r in load(p) if r.get("type") != "doc"] for p in (one, two))
    need(len(a) == len(b), f"{len(a)} and {len(b)} rows")
    for x, y in zip(a, b):
        for r in (x, y):
            r.setdefault("type", "sentence")
            if r.get("answer") == "accept":
                del r["answer"]
        for key in keys or set(x) | set(y):
            need(x.get(key) == y.get(key), f"{key}: {x.get(key)!r} and {y.get(key)!r}")
    return len(a)


def spans(path):
    """Offsets of stance's JSONL in the text of its document records."""
    rows, n = load(path), 0
    text = {r["doc"]: r.get("text") for r in rows if r["type"] == "doc"}
    for r in rows:
        if r["type"] != "doc" and text.get(r.get("doc")) is not None:
            need(text[r["doc"]][r["start"]:r["end"]] == r["text"], str(r))
            n += 1
    return n


if __name__ == "__main__":
    print(globals()[sys.argv[1]](*sys.argv[2:]), "checked")
