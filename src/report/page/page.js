// page.js: the reviewer's desk. The page is complete without it; this adds filters, orders, keys,
// the panel of the sentence in hand, corrections with undo, a draft in the browser, and export.
// Served by `stance review`, every correction is also sent to the server (see "server").
"use strict";
(() => {
const one = (q, e = document) => e.querySelector(q);
const every = (q, e = document) => [...e.querySelectorAll(q)];
const root = document.documentElement, main = one("#text"), model = document.body.dataset.model;
const served = "review" in document.body.dataset;

// ---- what the page holds ----

const boxes = every("#legend input");
const labels = boxes.map((box, i) => ({ box, name: box.value, shown: box.dataset.shown, tag: one(".t", box.parentNode).textContent, i }));
const radios = every("#choice input");
const documents = every("article").map(el => ({ el, doc: el.dataset.doc, sha: el.dataset.sha, key: `stance/1:${el.dataset.sha}:${model}`, draft: {} }));
// A sentence: its element, document, fingerprint, scores, predicted label, and what the reviewer
// said of it: rec = {label, reason, state, at, annotator} or null. state: confirmed, changed, skipped, noted.
const all = documents.flatMap(d => every(".s", d.el).map(el => {
  const scores = el.dataset.c.split(" ").map(c => c / 10000);
  const best = scores.indexOf(Math.max(...scores));
  return { el, d, fp: el.dataset.f, scores, best, sure: scores[best], predicted: el.dataset.u === undefined ? best : -1, loud: +(el.dataset.l || 0), rec: null, home: el.parentNode, text: "" };
}));
const byId = new Map(all.map(s => [s.el.id, s]));
all.forEach((s, i) => { s.at = i; });

const textOf = s => s.text || (s.text = [...s.el.childNodes].map(n => n.nodeType === 3 ? n.data : n.tagName === "B" ? n.firstChild.data : "").join(""));
const labelOf = s => s.rec && s.rec.label !== null ? labels.findIndex(l => l.name === s.rec.label) : s.predicted;
const reviewed = s => s.rec !== null && (s.rec.state === "confirmed" || s.rec.state === "changed");
const skipped = s => s.rec !== null && s.rec.state === "skipped";

let sequence = all;   // in the order asked for
let current = null;
let changed = 0;      // corrections since the last export
let keeps = true;     // the browser keeps a draft
const past = [];      // [sentence, rec before]

// ---- saying things ----

const status = one("#status");
function say(text) { status.textContent = text; }
function notice(text, list) {
  const box = one("#notice");
  const p = document.createElement("p");
  p.textContent = text;
  const parts = [p];
  if (list) {
    const ul = document.createElement("ul");
    for (const item of list) ul.append(Object.assign(document.createElement("li"), { textContent: item }));
    parts.push(ul);
  }
  box.replaceChildren(...parts);
  box.hidden = false;
}

// ---- drawing ----

const marks = { confirmed: " ✓", changed: " ✎", skipped: " ⚑", noted: "" };
function paint(s) {
  const l = labelOf(s), e = s.el, state = s.rec ? s.rec.state : "";
  for (const name of [...e.classList]) if (/^(l\d+|u)$/.test(name)) e.classList.remove(name);
  e.classList.add(l < 0 ? "u" : "l" + l);
  one(".t", e).textContent = (l < 0 ? "?" : labels[l].tag) + (marks[state] || "");
  one(".h", e).textContent = (l < 0 ? "unsure" : labels[l].shown) + (state && state !== "noted" ? ", " + state : ", " + s.sure.toFixed(2)) + ": ";
}
function count() {
  const n = labels.map(() => 0);
  let done = 0;
  for (const s of all) {
    const l = labelOf(s);
    if (l >= 0) n[l]++;
    if (reviewed(s)) done++;
  }
  labels.forEach((l, i) => { one(".n", l.box.parentNode).textContent = n[i]; });
  one("#count").textContent = `${done} of ${all.length} reviewed`;
  one("#undo").disabled = !past.length;
}
function panel() {
  const s = current;
  one("#panel").hidden = !s;
  if (!s) return;
  one("#which").textContent = `Sentence ${s.at - all.findIndex(x => x.d === s.d) + 1} of ${s.d.el.dataset.n}` + (documents.length > 1 ? `, ${s.d.doc}` : "");
  one("#why").textContent = one(".w", s.el).textContent;
  const l = labelOf(s);
  radios.forEach((r, i) => {
    r.checked = i === l;
    one(".n", r.parentNode).textContent = s.scores[i].toFixed(2) + (i === s.predicted ? " model" : "");
  });
  one("#reason").value = s.rec ? s.rec.reason : "";
}

// ---- filters and orders ----

function apply() {
  const order = one("#order").value, list = one("#view").value === "list" || order !== "article";
  const wanted = new Set(labels.filter(l => l.box.checked).map(l => l.i));
  const needle = one("#search").value.trim().toLowerCase(), least = +one("#least").value || 0, open = one("#open").checked;
  sequence = [...all];
  if (order === "unsure") sequence.sort((a, b) => skipped(a) - skipped(b) || a.sure - b.sure || a.at - b.at);
  if (order === "loud") sequence.sort((a, b) => b.loud - a.loud || a.at - b.at);
  let shown = 0;
  for (const s of all) {
    const l = labelOf(s);
    s.off = (l >= 0 && !wanted.has(l)) || s.sure < least || (open && reviewed(s)) ||
      (needle !== "" && !textOf(s).toLowerCase().includes(needle));
    s.el.classList.toggle("off", s.off);
    if (!s.off) shown++;
  }
  const flat = one("#flat"), flatNow = order !== "article";
  root.classList.toggle("list", list);
  if (flatNow) {
    flat.replaceChildren(...sequence.map(s => {
      const li = document.createElement("li");
      li.append(s.el);
      return li;
    }));
  } else if (!flat.hidden) {
    const homes = new Map();
    for (const s of all) homes.has(s.home) ? homes.get(s.home).push(" ", s.el) : homes.set(s.home, [s.el]);
    for (const [home, parts] of homes) home.append(...parts);
    flat.replaceChildren();
  }
  flat.hidden = !flatNow;
  main.classList.toggle("flat", flatNow);
  one("#view").disabled = flatNow;
  return shown;
}
function filter() {
  const shown = apply();
  say(`${shown} of ${all.length} sentences shown`);
}

// ---- moving ----

function go(s, focus = true) {
  if (!s) return;
  if (current && current !== s) {
    current.el.classList.remove("cur");
    current.el.tabIndex = -1;
  }
  current = s;
  s.el.tabIndex = 0;
  s.el.classList.add("cur");
  if (focus) {
    s.el.focus({ preventScroll: true });
    s.el.scrollIntoView({ block: "nearest" });
  }
  panel();
}
function step(by) {
  const from = current ? sequence.indexOf(current) : by > 0 ? -1 : sequence.length;
  for (let i = from + by; i >= 0 && i < sequence.length; i += by) if (!sequence[i].off) return sequence[i];
  return null;
}
// After a decision: the next one in order; at the end what was skipped.
function advance() {
  const next = step(1) || all.find(s => skipped(s) && !s.off && s !== current);
  if (next) go(next);
  return next;
}
function leastSure() {
  const left = all.filter(s => !reviewed(s) && !s.off && s !== current);
  left.sort((a, b) => skipped(a) - skipped(b) || a.sure - b.sure || a.at - b.at);
  if (left.length) go(left[0]);
  else say("Nothing is left to review here.");
}

// ---- decisions ----

const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");
function put(s, rec, remember = true) {
  if (remember) past.push([s, s.rec]);
  s.rec = rec;
  changed++;
  paint(s);
  count();
  save(s);
  if (served) queue(s);
}
function decide(s, label) {
  const reason = s === current ? one("#reason").value : s.rec ? s.rec.reason : "";
  const same = s.predicted >= 0 && label === s.predicted;
  put(s, { label: labels[label].name, reason, state: same ? "confirmed" : "changed", at: now(), annotator: one("#who").value.trim() });
  if (s === current) panel();
  return `${same ? "confirmed" : "changed to"} ${labels[label].shown}`;
}
function decideAndGo(label) {
  if (!current) return go(step(1));
  const s = current, said = decide(s, label), next = advance();
  refilter();
  say(`Sentence ${s.at + 1} ${said}.` + (next ? "" : " That was the last one."));
}
function refilter() {
  if (one("#open").checked || boxes.some(b => !b.checked)) apply();
}
function confirm() {
  if (!current) return go(step(1));
  const l = labelOf(current);
  if (l < 0) say("Unsure: choose a label.");
  else decideAndGo(l);
}
function skip() {
  if (!current) return;
  const s = current;
  put(s, { label: null, reason: one("#reason").value, state: "skipped", at: now(), annotator: one("#who").value.trim() });
  advance();
  say(`Sentence ${s.at + 1} skipped; it comes back at the end.`);
}
function undo() {
  const last = past.pop();
  if (!last) return say("Nothing to undo.");
  const [s, rec] = last;
  put(s, rec, false);
  refilter();
  go(s);
  say(`Undone: sentence ${s.at + 1} ${rec ? "is " + rec.state + " again" : "is not reviewed again"}.`);
}
function note() {
  const s = current, reason = one("#reason").value;
  if (!s || reason === (s.rec ? s.rec.reason : "")) return;
  put(s, s.rec ? { ...s.rec, reason, at: now() } : { label: null, reason, state: "noted", at: now(), annotator: one("#who").value.trim() });
  say("Reason noted.");
}

// ---- the draft ----

function store(work) {
  try { return work(localStorage); } catch (e) {
    if (keeps) notice("This browser keeps no draft for this page: export before you close it.");
    keeps = false;
    return null;
  }
}
function save(s) {
  if (served) return;
  if (s.rec) s.d.draft[s.fp] = s.rec;
  else delete s.d.draft[s.fp];
  store(kept => kept.setItem(s.d.key, JSON.stringify(s.d.draft)));
}
function load(d) {
  const kept = store(k => k.getItem(d.key));
  let draft = {};
  try { draft = JSON.parse(kept || "{}"); } catch (e) { draft = {}; }
  d.draft = draft;
  for (const s of all) if (s.d === d) {
    const rec = draft[s.fp], ok = rec && (rec.label === null || labels.some(l => l.name === rec.label)) && rec.state in marks;
    if (ok || s.rec) {
      s.rec = ok ? rec : null;
      paint(s);
    }
  }
}

// ---- export ----

function correction(s) {
  return { type: "correction", schema: "stance-correction/1", doc: s.d.doc, sha256: s.d.sha, id: s.el.id.replace(/^d\d+/, ""), fp: s.fp, text: textOf(s), model,
    predicted: s.predicted < 0 ? "unsure" : labels[s.predicted].name, confidence: s.sure, label: s.rec ? s.rec.label : null,
    reason: s.rec ? s.rec.reason : "", annotator: s.rec ? s.rec.annotator : "", at: s.rec ? s.rec.at : now() };
}
function exportAll() {
  const done = all.filter(reviewed);
  if (!done.length) return say("There are no corrections to export yet.");
  const url = URL.createObjectURL(new Blob(done.map(s => JSON.stringify(correction(s)) + "\n"), { type: "application/jsonl" }));
  const a = document.createElement("a");
  a.href = url;
  a.download = "corrections.jsonl";
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  changed = 0;
  say(`${done.length} ${done.length === 1 ? "correction" : "corrections"} exported to corrections.jsonl.`);
}

// ---- server: stance review ----

// Corrections not yet acknowledged, in order; kept in the browser until they are.
let pending = [], sending = false, wait = 500;
const pendingKey = "stance/1:pending";
const tabs = served && "BroadcastChannel" in window ? new BroadcastChannel("stance") : null;
const cid = () => [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, "0")).join("");
function queue(s) {
  const rec = { ...correction(s), cid: cid(), state: s.rec ? s.rec.state : "withdrawn" };
  if (!s.rec || s.rec.label === null) rec.label = null;
  pending.push(rec);
  store(kept => kept.setItem(pendingKey, JSON.stringify(pending)));
  send();
}
async function send() {
  if (sending) return;
  sending = true;
  while (pending.length) {
    let answer = null;
    try {
      answer = await fetch("corrections", { method: "POST", headers: { "Content-Type": "application/json", "X-Stance": "review" }, body: JSON.stringify(pending[0]) });
    } catch (e) { answer = null; }
    if (answer && answer.ok) {
      pending.shift();
      store(kept => kept.setItem(pendingKey, JSON.stringify(pending)));
      wait = 500;
      if (!pending.length) root.dataset.saved = String(+(root.dataset.saved || 0) + 1);
      if (tabs) tabs.postMessage("changed");
      continue;
    }
    if (answer && answer.status >= 400 && answer.status < 500) {
      notice(`The server refused a correction (${answer.status}: ${(await answer.text()).trim()}). ${pending.length} not saved; export them before you close this page.`);
      break;
    }
    notice(`The server does not answer: ${pending.length} not saved yet. They are kept in this page; it goes on trying.`);
    await new Promise(done => setTimeout(done, wait));
    wait = Math.min(wait * 2, 10000);
    if (!pending.length) break;
  }
  if (!pending.length && !one("#notice").hidden && wait === 500) refresh();
  sending = false;
}
async function refresh() {
  let state;
  try {
    const answer = await fetch("state", { headers: { "X-Stance": "review" } });
    if (!answer.ok) return;
    state = await answer.json();
  } catch (e) { return; }
  if (state.articles.length !== documents.length || documents.some((d, i) => d.sha !== state.articles[i])) return notice("The text was edited: load this page again to see it. Corrections made here are still kept.");
  const waiting = new Set(pending.map(p => p.sha256 + p.fp));
  const seen = new Map(state.corrections.map(c => [`d${c.article}${c.id}`, c]));
  for (const s of all) {
    if (waiting.has(s.d.sha + s.fp)) continue;
    const c = seen.get(s.el.id);
    const rec = c ? { label: c.label, reason: c.reason, state: c.state in marks ? c.state : c.label === labels[s.predicted]?.name ? "confirmed" : "changed", at: c.at, annotator: c.annotator } : null;
    if (JSON.stringify(rec) !== JSON.stringify(s.rec)) {
      s.rec = rec;
      paint(s);
    }
  }
  count();
  refilter();
  panel();
  if (state.lost.length) notice(`${state.lost.length} earlier ${state.lost.length === 1 ? "correction has" : "corrections have"} no sentence here any more; the text was edited:`, state.lost);
  else one("#notice").hidden = true;
  root.dataset.state = "loaded";
}

// ---- keys ----

const help = one("#help");
const back = () => { if (current) go(current); else main.focus(); };
const actions = {
  j: () => go(step(1)), k: () => go(step(-1)), n: leastSure, u: undo, f: skip,
  r: () => { if (current) one("#reason").focus(); }, "/": () => one("#search").focus(), "?": () => help.showModal(),
};
function single(e) {
  if (/^[1-9]$/.test(e.key) && +e.key <= labels.length) return () => decideAndGo(e.key - 1);
  return Object.hasOwn(actions, e.key) ? actions[e.key] : null;
}
document.addEventListener("keydown", e => {
  const t = e.target, typing = t.matches("input:not([type=checkbox],[type=radio]),select,textarea"), control = t.matches("input,select,textarea,button,a");
  if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey) {
    const act = e.key === "s" ? exportAll : e.key === "z" && !typing ? undo : null;
    if (act) { e.preventDefault(); act(); }
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey || help.open) return;
  let act = null;
  if (e.key === "Escape") act = back;
  else if (typing) act = e.key === "Enter" && t.id === "reason" ? back : e.key === "Enter" && t.id === "search" ? () => go(sequence.find(s => !s.off)) : null;
  else if (e.key === "Enter") act = t.matches("button,a") ? null : confirm;
  else if (e.key === "ArrowDown" && !control) act = () => go(step(1));
  else if (e.key === "ArrowUp" && !control) act = () => go(step(-1));
  else if (one("#single").checked) act = single(e);
  if (!act) return;
  e.preventDefault();
  act();
});

main.addEventListener("click", e => { const el = e.target.closest(".s"); if (el) go(byId.get(el.id)); });
main.addEventListener("focusin", e => { const s = byId.get(e.target.id); if (s && s !== current) go(s, false); });
for (const [id, act] of [["confirm", confirm], ["skip", skip], ["prev", () => go(step(-1))], ["next", () => go(step(1))], ["unsure", leastSure], ["undo", undo], ["export", exportAll], ["keys", () => help.showModal()]]) one("#" + id).addEventListener("click", act);
radios.forEach((r, i) => r.addEventListener("change", () => { const s = current; if (s) { const said = decide(s, i); refilter(); say(`Sentence ${s.at + 1} ${said}.`); } }));
one("#reason").addEventListener("change", note);
for (const b of boxes) b.addEventListener("change", filter);
for (const id of ["order", "view", "open"]) one("#" + id).addEventListener("change", filter);
for (const id of ["least", "search"]) one("#" + id).addEventListener("input", filter);
addEventListener("storage", e => { const d = documents.find(x => x.key === e.key); if (d && !served) { load(d); count(); panel(); } });
addEventListener("beforeunload", e => { if (pending.length || (!keeps && changed)) e.preventDefault(); });

// ---- start ----

const prefs = store(kept => JSON.parse(kept.getItem("stance/1:prefs") || "{}")) || {};
one("#who").value = prefs.who || "";
one("#single").checked = prefs.single !== false;
for (const id of ["who", "single"]) one("#" + id).addEventListener("change", () => store(kept => kept.setItem("stance/1:prefs", JSON.stringify({ who: one("#who").value, single: one("#single").checked }))));

for (const s of all) {
  s.el.tabIndex = -1;
  s.el.setAttribute("role", "group");
  s.el.setAttribute("aria-labelledby", s.el.id);
}
if (all.length) all[0].el.tabIndex = 0;
if (documents.length === 1) document.title = `${documents[0].doc}: stance`;
if (documents.length > 1) {
  document.title = `${documents.length} articles: stance`;
  const ol = document.createElement("ol");
  for (const d of documents) {
    const li = document.createElement("li"), a = document.createElement("a");
    a.href = "#" + d.el.id;
    a.textContent = d.doc;
    li.append(a, " " + one(".sum", d.el).textContent);
    ol.append(li);
  }
  one("#index").append(Object.assign(document.createElement("h2"), { textContent: `${documents.length} articles` }), ol);
  one("#index").hidden = false;
}
if (served) {
  one("#export").firstChild.data = "Download ";
  const kept = store(k => JSON.parse(k.getItem(pendingKey) || "[]")) || [];
  pending = kept.filter(p => p && documents.some(d => d.sha === p.sha256));
  if (pending.length) send();
  refresh();
  if (tabs) tabs.onmessage = refresh;
  addEventListener("focus", refresh);
} else for (const d of documents) load(d);
count();
root.classList.add("on");
})();
