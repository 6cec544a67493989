#!/usr/bin/env python3
"""A scripted client of `stance lsp`. usage: lsp_client.py STANCE MODEL FOLDER"""
import json
import os
import subprocess
import sys

stance, model, folder = sys.argv[1:]
TEXT = "# Head\n\n\U0001F600 It could rain. The authority said on Monday that the pier will open.\n\nWe must act.\n\n<!-- stance ignore: said on air -->\nWe must stop it.\n"
URI = "file://" + folder.replace(" ", "%20") + "/a%20b.md"
checked = 0


def check(condition, what):
    global checked
    checked += 1
    if not condition:
        sys.exit(f"FAILED {what}")


class Client:
    def __init__(self, *options):
        self.p = subprocess.Popen([stance, "lsp", "-m", model, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last = 0

    def raw(self, data):
        self.p.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.p.stdin.flush()

    def send(self, method, params, request=False):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if request:
            self.last += 1
            message["id"] = self.last
        self.raw(json.dumps(message).encode())

    def receive(self):
        length = 0
        while (line := self.p.stdout.readline()) != b"\r\n":
            name, value = line.split(b": ")
            if name == b"Content-Length":
                length = int(value)
        return json.loads(self.p.stdout.read(length))

    def ask(self, method, params):
        self.send(method, params, True)
        answer = self.receive()
        check(answer["id"] == self.last, "id")
        return answer

    def start(self, encodings):
        answer = self.ask("initialize", {"capabilities": {"general": {"positionEncodings": encodings}}})
        self.send("initialized", {})
        return answer["result"]

    def open(self, text=TEXT, language="markdown"):
        self.send("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": language, "version": 1, "text": text}})
        return self.receive()

    def stop(self, politely=True):
        if politely:
            check(self.ask("shutdown", None)["result"] is None, "shutdown")
        self.send("exit", None)
        return self.p.wait(10)


def ranges(message):
    check(message["method"] == "textDocument/publishDiagnostics" and message["params"]["uri"] == URI, "publish")
    return {d["code"]: d for d in message["params"]["diagnostics"] if d["code"] != "sensational"}


# ---- UTF-16, as most editors count ----

c = Client()
check(c.ask("textDocument/hover", {})["error"]["code"] == -32002, "before initialize")
result = c.start(["utf-16"])
check(result["capabilities"]["positionEncoding"] == "utf-16", "utf-16")
check(result["serverInfo"]["name"] == "stance", "serverInfo")
found = ranges(c.open())
check("attributed" not in found, "attributed")
d = found["speculation"]
check(d["range"] == {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 17}} or
      d["range"] == {"start": {"line": 2, "character": 3}, "end": {"line": 2, "character": 17}}, f"range {d}")
check(d["severity"] == 3 and d["source"] == "stance" and "could" in d["message"], "speculation")
check(found["advocacy"]["range"]["start"]["line"] == 4, "the silenced one is not there")

here = {"textDocument": {"uri": URI}, "position": {"line": 2, "character": 6}}
hover = c.ask("textDocument/hover", here)["result"]["contents"]
check(hover["kind"] == "markdown" and "speculation" in hover["value"] and "no source" in hover["value"], "hover")
here["position"] = {"line": 1, "character": 0}
check(c.ask("textDocument/hover", here)["result"] is None, "hover over nothing")
here["position"] = {"line": 7, "character": 3}
check("silenced: said on air" in c.ask("textDocument/hover", here)["result"]["contents"]["value"], "silenced")
here["position"] = {"line": 999, "character": 999}
c.ask("textDocument/hover", here)

fixes = c.ask("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": d["range"], "context": {"diagnostics": [d]}})["result"]
check({f["title"] for f in fixes} == {"Mark as advocacy", "Mark as attributed", "Mark as unattributed"}, "fixes")
check(all(f["kind"] == "quickfix" for f in fixes), "kind")
fix = next(f for f in fixes if f["title"] == "Mark as unattributed")["command"]
check(c.ask("workspace/executeCommand", {"command": fix["command"], "arguments": fix["arguments"]})["result"] is None, "correct")
check("speculation" not in ranges(c.receive()), "the corrected one is gone")
with open(os.path.join(folder, "corrections.jsonl"), encoding="utf-8") as f:
    row = json.loads(f.read())
check(row["type"] == "correction" and row["schema"] == "stance-correction/1", "correction")
check(row["predicted"] == "speculation" and row["label"] == "unattributed", "labels")
check("It could rain." in row["text"] and row["fp"].endswith(":1") and len(row["sha256"]) == 64, "text")

change = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": TEXT.replace("We must act.", "The authority said on Monday that it rained.")}]}
c.send("textDocument/didChange", change)
found = ranges(c.receive())
line = found.get("advocacy", {"range": {"start": {"line": 0}}})["range"]["start"]["line"]
check(line != 4, f"after a change: {found}")
answer = c.ask("workspace/executeCommand", {"command": fix["command"], "arguments": fix["arguments"]})
check(answer["error"]["code"] == -32803, "an old version")
answer = c.ask("workspace/executeCommand", {"command": "x"})
check(answer["error"]["code"] == -32602, "bad arguments")
check(c.ask("workspace/symbol", {})["error"]["code"] == -32601, "no such method")
c.raw(b"{")
check(c.receive()["error"]["code"] == -32700, "not JSON")
c.send("$/setTrace", {"value": "off"})
c.raw(b'{"jsonrpc":"2.0","id":1,"result":null}')
c.raw(b"[]")
change["contentChanges"] = [{"text": "\0"}]
c.send("textDocument/didChange", change)
check(c.receive()["method"] == "window/showMessage", "not a text")
check(ranges(c.receive()) == {}, "nothing found in no text")
c.send("textDocument/didClose", {"textDocument": {"uri": URI}})
check(ranges(c.receive()) == {}, "closed")
check(c.stop() == 0, "exit after shutdown")

# ---- UTF-8, another file for corrections, labels left out ----

other = os.path.join(folder, "other.jsonl")
c = Client("--only", "advocacy", "-o", other)
check(c.start(["utf-8", "utf-16"])["capabilities"]["positionEncoding"] == "utf-8", "utf-8")
text = "\U0001F600 It rained. We must act.\n"
found = ranges(c.open(text, "plaintext"))
check(list(found) == ["advocacy"], "only")
d = found["advocacy"]
check(d["range"]["start"] == {"line": 0, "character": len("\U0001F600 It rained. ".encode())}, "bytes")
fix = c.ask("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": d["range"]})["result"][0]["command"]
c.ask("workspace/executeCommand", fix)
c.receive()
check(os.path.exists(other), "--output")
check(c.stop(politely=False) == 1, "exit without shutdown")

print(checked, "checked")
