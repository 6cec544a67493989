// review.test.mjs: stance review in the browser: a round trip, reload, two tabs, a killed server,
// an edited file.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { axe, launch, model, shot, stance, tab, work } from "./lib.mjs";

const folder = join(work, "review"), file = join(folder, "a.txt"), kept = join(folder, "corrections.jsonl");
const text = "The council met on Tuesday.\n\nIt could vote in May, the mayor said.\n\nWe must act now.\n";
let browser;
before(async () => { browser = await launch(); });
const servers = new Set();
after(async () => {
  for (const s of servers) s.kill("SIGKILL");
  await browser.close();
});
beforeEach(() => {
  for (const s of servers) s.kill("SIGKILL");
  servers.clear();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(file, text);
});

async function serve(...more) {
  const process = spawn(stance, ["review", "-q", "-m", model, "--no-browser", ...more, "a.txt"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  servers.add(process);
  const ended = new Promise(done => process.on("exit", done));
  const url = await new Promise((done, failed) => {
    process.stdout.once("data", d => done(String(d).trim()));
    process.on("exit", code => failed(new Error(`the server ended with ${code}`)));
  });
  return { url, end: signal => { process.kill(signal); return ended; } };
}
async function open(p, url) {
  await p.goto(url);
  await p.waitForSelector("html.on[data-state=loaded]");
}
const rows = () => readFileSync(kept, "utf8").trim().split("\n").filter(l => l).map(l => JSON.parse(l));
const saved = (p, n) => p.waitForSelector(`html[data-saved="${n}"]`, { state: "attached" });
const tag = (p, id) => p.textContent(`#${id} .t`);

test("a correction goes to the file, and comes back after a reload", async () => {
  const server = await serve();
  const context = await browser.newContext();
  const p = await tab(context);
  await open(p, server.url);
  assert.match(p.url(), /^http:\/\/127\.0\.0\.1:\d+\/$/);
  await p.fill("#who", "ed1");
  await p.click("#d1s2");
  await p.fill("#reason", "the mayor answers for it");
  await p.keyboard.press("Enter");
  await p.keyboard.press("2");
  await p.waitForFunction(() => +document.documentElement.dataset.saved > 0);
  await p.waitForFunction(() => document.querySelector("#count").textContent === "1 of 3 reviewed");
  await new Promise(done => setTimeout(done, 300));
  const last = rows().at(-1);
  assert.equal(last.type, "correction");
  assert.equal(last.label, "attributed");
  assert.equal(last.reason, "the mayor answers for it");
  assert.equal(last.annotator, "ed1");
  assert.equal(last.text, "It could vote in May, the mayor said.");
  await p.reload();
  await p.waitForSelector("html[data-state=loaded]");
  assert.equal(await p.textContent("#count"), "1 of 3 reviewed");
  assert.match(await tag(p, "d1s2"), /^ATTR [✎✓]$/);
  assert.deepEqual(await axe(p), []);
  await shot(p, "review");
  assert.deepEqual(p.requests.filter(r => !r.startsWith(new URL(server.url).origin) && !r.startsWith("data:")), []);
  await p.keyboard.press("j");
  await p.keyboard.press("u");
  assert.deepEqual(p.problems, []);
  await server.end("SIGTERM");
  assert.equal(rows().length, 1, "superseded lines are gone after the end");
  await context.close();
});

test("two tabs see each other's corrections; undo takes back", async () => {
  const server = await serve();
  const context = await browser.newContext();
  const one = await tab(context), two = await tab(context);
  await open(one, server.url);
  await open(two, new URL("/", server.url).href);
  await one.keyboard.press("j");
  await one.keyboard.press("1");
  await two.waitForFunction(() => /^ADVO/.test(document.querySelector("#d1s1 .t").textContent));
  await two.focus("#d1s3");
  await two.keyboard.press("3");
  await one.waitForFunction(() => /^SPEC/.test(document.querySelector("#d1s3 .t").textContent));
  await two.keyboard.press("u");
  await one.waitForFunction(() => document.querySelector("#count").textContent === "1 of 3 reviewed");
  await server.end("SIGTERM");
  assert.equal(rows().length, 1);
  await context.close();
});

test("a killed server: the page says so, keeps what is not saved, and sends it on", async () => {
  let server = await serve("--port", "0");
  const port = new URL(server.url).port;
  const context = await browser.newContext();
  const p = await tab(context);
  await open(p, server.url);
  await p.keyboard.press("j");
  await p.keyboard.press("1");
  await saved(p, 1);
  await server.end("SIGKILL");
  await p.keyboard.press("2");
  await p.waitForFunction(() => /does not answer: 1 not saved/.test(document.querySelector("#notice").textContent));
  assert.equal(rows().length, 1);
  server = await serve("--port", port);
  await open(p, server.url);
  await p.waitForFunction(() => document.querySelector("#count").textContent === "2 of 3 reviewed");
  await p.waitForSelector("html[data-saved]", { state: "attached" });
  assert.equal(rows().length, 2);
  await server.end("SIGTERM");
  await context.close();
});

test("an edited file: corrections move with their sentences, the lost are listed", async () => {
  const server = await serve();
  const context = await browser.newContext();
  const p = await tab(context);
  await open(p, server.url);
  for (const key of ["j", "1", "1", "1"]) await p.keyboard.press(key);
  await p.waitForFunction(() => document.documentElement.dataset.saved);
  await new Promise(done => setTimeout(done, 300));
  writeFileSync(file, "A new first line.\n\nWe must act now.\n\nThe council met on Tuesday.\n");
  await p.evaluate(() => dispatchEvent(new Event("focus")));
  await p.waitForFunction(() => /was edited: load this page again/.test(document.querySelector("#notice").textContent));
  await p.reload();
  await p.waitForFunction(() => document.querySelector("#count").textContent === "2 of 3 reviewed");
  assert.match(await p.textContent("#notice"), /1 earlier correction has no sentence here any more.*It could vote in May/s);
  assert.match(await tag(p, "d1s2"), /^ADVO/);
  await server.end("SIGTERM");
  await context.close();
});
