"""A client of `stance review` without a browser: refusals, size limits, and a server that is killed
again and again while corrections are sent: none may be lost that was acknowledged, none doubled.

usage: review-client.py STANCE MODEL refuse|kill|edit [N]     in an empty folder
"""
import http.client, json, os, random, signal, subprocess, sys, time

STANCE, MODEL, WHAT = sys.argv[1:4]
TEXT = "The council met on Tuesday.\n\nIt could vote in May, the mayor said.\n\nWe must act now.\n"


class Server:
    def __init__(self, *files):
        self.process = subprocess.Popen([STANCE, "review", "-q", "-m", MODEL, "--no-browser", *files], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url, "no address"
        self.host = self.url.split("/")[2]
        status, headers, _ = self.ask("GET", self.url.split(self.host)[1], {})
        assert status == 303, status
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def ask(self, method, path, headers, body=None):
        c = http.client.HTTPConnection(self.host, timeout=20)
        try:
            c.putrequest(method, path, skip_host="Host" in headers)
            for k, v in headers.items():
                c.putheader(k, v)
            if body is not None:
                c.putheader("Content-Length", str(len(body)))
            c.endheaders(body)
            r = c.getresponse()
            return r.status, r.headers, r.read()
        finally:
            c.close()

    def own(self, **more):
        return {"Cookie": self.cookie, "Origin": "http://" + self.host, "Content-Type": "application/json", "X-Stance": "review", **more}

    def post(self, correction, **more):
        return self.ask("POST", "/corrections", self.own(**more), json.dumps(correction).encode())

    def state(self):
        return json.loads(self.ask("GET", "/state", self.own())[2])

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()


def records(path):
    out = subprocess.run([STANCE, "classify", "-q", "-m", MODEL, "-f", "jsonl", path], capture_output=True, text=True, check=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    return rows[0]["sha256"], [r for r in rows if r["type"] == "sentence"]


def kept():
    with open("corrections.jsonl") as f:
        return [json.loads(line) for line in f]


def correction(sha, row, label, cid, **more):
    return {"sha256": sha, "doc": row["doc"], "fp": row["fp"], "label": label, "state": "changed", "reason": "", "annotator": "ed", "cid": cid, **more}


def refuse():
    open("a.txt", "w").write(TEXT)
    sha, rows = records("a.txt")
    s = Server("a.txt")
    good = correction(sha, rows[0], "advocacy", "c1")
    expect = [
        ("without a cookie", s.ask("GET", "/", {}), 403),
        ("a wrong cookie", s.ask("GET", "/", {"Cookie": s.cookie[:-1] + "x"}), 403),
        ("the token a second time", s.ask("GET", s.url.split(s.host)[1], {}), 403),
        ("the token again with the cookie", s.ask("GET", s.url.split(s.host)[1], {"Cookie": s.cookie}), 303),
        ("a wrong token", s.ask("GET", "/?t=" + "0" * 32, {}), 403),
        ("another host's name", s.ask("GET", "/", s.own(Host="evil.example")), 403),
        ("localhost is another name", s.ask("GET", "/", s.own(Host="localhost:" + s.host.split(":")[1])), 403),
        ("another page's origin", s.post(good, Origin="http://evil.example"), 403),
        ("origin null", s.post(good, Origin="null"), 403),
        ("another port's origin", s.post(good, Origin="http://127.0.0.1:1"), 403),
        ("a form's content type", s.post(good, **{"Content-Type": "text/plain"}), 415),
        ("PUT", s.ask("PUT", "/corrections", s.own(), b"{}"), 405),
        ("an unknown path", s.ask("GET", "/etc/passwd", s.own()), 404),
        ("a path upwards", s.ask("GET", "/../a.txt", s.own()), 404),
        ("no JSON", s.ask("POST", "/corrections", s.own(), b"{"), 400),
        ("a list", s.post([1]), 400),
        ("no fields", s.post({}), 400),
        ("an unknown label", s.post({**good, "label": "nice"}), 400),
        ("a label without its state", s.post({**good, "state": "skipped"}), 400),
        ("a long reason", s.post({**good, "reason": "x" * 5000}), 400),
        ("an unknown sentence", s.post({**good, "fp": "0" * 16 + ":1"}), 409),
        ("a long body", s.post({**good, "more": "x" * 70000}), 413),
        ("a huge body", s.post({**good, "more": "x" * 3000000}), 413),
        ("the page", s.ask("GET", "/", s.own()), 200),
        ("a correction", s.post(good), 200),
        ("the same again", s.post(good), 200),
    ]
    for name, (status, _, body), want in expect:
        assert status == want, f"{name}: {status} instead of {want}: {body[:200]}"
    _, headers, body = s.ask("GET", "/", s.own())
    assert b"connect-src 'self'" in body and headers["X-Frame-Options"] == "DENY" and headers["Cache-Control"] == "no-store"
    assert len(kept()) == 1 and kept()[0]["text"] == rows[0]["text"] and kept()[0]["predicted"] == rows[0]["label"]
    second = subprocess.run([STANCE, "review", "-q", "-m", MODEL, "--no-browser", "a.txt"], capture_output=True, text=True)
    assert second.returncode == 2 and "in use by another review" in second.stderr, second
    s.post({**good, "cid": "c2", "label": None, "state": "withdrawn"})
    assert s.state()["corrections"] == []
    s.end()
    assert kept() == [], "what was taken back is gone when the review ends"
    print(len(expect), "requests answered as they should be")


def kill(n):
    with open("long.txt", "w") as f:
        for i in range(n):
            f.write(f"The council of town {i} could vote in May.\n\n")
    sha, rows = records("long.txt")
    assert len(rows) == n
    rng, s, kills, acknowledged = random.Random(7), Server("long.txt"), 0, set()
    next_kill = time.monotonic() + rng.uniform(0, 0.2)
    for i, row in enumerate(rows):
        c = correction(sha, row, "advocacy", f"cid-{i}")
        while True:
            if time.monotonic() > next_kill:  # in the midst of a request, when the timer runs out in another process
                subprocess.Popen(["sh", "-c", f"sleep {rng.uniform(0, 0.004):.4f}; kill -9 {s.process.pid} 2>/dev/null"])
                kills += 1
                next_kill = time.monotonic() + rng.uniform(0.02, 0.12)
            try:
                status, _, body = s.post(c)
                assert status == 200, body
                acknowledged.add(c["cid"])
                break
            except (OSError, http.client.HTTPException):
                s.process.wait()
                s.process.stdout.close()
                before = {r["cid"] for r in kept_whole()}
                assert acknowledged <= before, "an acknowledged correction is lost"
                s = Server("long.txt")
    s.end(signal.SIGKILL)
    cids = [r["cid"] for r in kept()]
    assert len(cids) == n and len(set(cids)) == n, (len(cids), len(set(cids)))
    s = Server("long.txt")
    assert len(s.state()["corrections"]) == n
    s.end()
    print(f"{n} corrections, {kills} times kill -9: none lost, none doubled")


def kept_whole():
    with open("corrections.jsonl") as f:
        return [json.loads(line) for line in f if line.endswith("\n")]


def edit():
    open("a.txt", "w").write(TEXT)
    sha, rows = records("a.txt")
    s = Server("a.txt")
    for i, row in enumerate(rows):
        assert s.post(correction(sha, row, "advocacy", f"c{i}"))[0] == 200
    # One sentence re-wrapped and moved, one gone, one new, while the server runs.
    open("a.txt", "w").write("A new first line.\n\nWe must\nact now.\n\nThe council met on Tuesday.\n")
    state = s.state()
    assert [c["id"] for c in state["corrections"]] == ["s2", "s3"], state
    assert len(state["lost"]) == 1 and "It could vote in May" in state["lost"][0]
    s.end(signal.SIGKILL)
    with open("corrections.jsonl", "a") as f:
        f.write('{"type":"correction","doc":"a.t')  # a write cut short
    s = Server("a.txt")
    assert len(s.state()["corrections"]) == 2 and len(kept()) == 3
    os.rename("a.txt", "b.txt")
    s.end()
    s = Server("b.txt")
    assert s.state()["corrections"] == [], "another name and other bytes: another text"
    s.end()
    print("corrections found again after an edit")


{"refuse": refuse, "edit": edit, "kill": lambda: kill(int(sys.argv[4]))}[WHAT]()
