// lib.mjs: a model, pages made by the program under test, and Chromium to open them in.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(fileURLToPath(import.meta.url), "../../..");
export const stance = process.env.STANCE || join(root, "stance");
export const work = mkdtempSync(join(tmpdir(), "stance-browser-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

const require = createRequire(join(root, "build/browser/"));
const { chromium } = require("playwright-core");
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const shipped = join(root, "models/news.stance");
export const model = existsSync(shipped) ? shipped : join(work, "tiny.stance");
export const run = (...args) => execFileSync(stance, args, { encoding: "utf8", maxBuffer: 1 << 28 });
if (model !== shipped) run("train", "-q", "-o", model, "--bits", "14", "--cues", join(root, "datasets/cues"), join(root, "tests/data/tiny.tsv"));

// A page of these files; returns its address.
export function page(name, ...args) {
  const path = join(work, name);
  run("classify", "-q", "-m", model, "-f", "html", "-o", path, ...args);
  return "file://" + path;
}

const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const launch = () => chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args });

// A tab that notes every request, error and message of the console.
export async function tab(context) {
  const p = await context.newPage();
  p.setDefaultTimeout(15000);
  p.requests = [];
  p.problems = [];
  p.on("request", r => p.requests.push(r.url()));
  p.on("pageerror", e => p.problems.push(String(e)));
  p.on("console", m => { if (m.type() === "error" || m.type() === "warning") p.problems.push(m.text()); });
  return p;
}

const shots = join(root, "build/browser/shots");
mkdirSync(shots, { recursive: true });
export const shot = (p, name, options = {}) => p.screenshot({ path: join(shots, name + ".png"), ...options });

// What axe-core finds, as lines. The content policy forbids its script, so it goes in by the debugger.
export async function axe(p) {
  await p.evaluate(axeSource);
  const result = await p.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return result.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.target + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
}
