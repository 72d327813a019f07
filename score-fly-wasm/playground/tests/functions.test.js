// Functions: files, the Docker context that comes of them, and its fly.toml.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { context, converted, editor, eventually, example, pages, toml } from "./page.js";

const RUNTIMES = new URL("../../../score-fly-runtime/runtimes/", import.meta.url);

const page = pages();

async function choose(page, runtime) {
  await example(page, `function/${runtime}`);
  await page.locator("#context details[open]").waitFor();
  await converted(page, /no problems/);
}

/** The file of the function that is shown, and the editor in which it is. */
const file = (page) => ({
  ...editor(page, "function"),
  choose: (path) => page.selectOption("#function-file", path),
});

for (const runtime of ["axum", "express", "flask", "static"]) {
  test(`${runtime}: a context with all files, and an app that stops when nobody asks`, page(async (page) => {
    await choose(page, runtime);
    const files = await context(page);
    assert.equal([...files.keys()][0], "Dockerfile");
    // What the runtime adds to a function, and what a new one has.
    const built = readdirSync(new URL(`${runtime}/build/`, RUNTIMES), { recursive: true, withFileTypes: true });
    const paths = built.filter((entry) => entry.isFile()).map(({ name }) => name.replace(/\.j2$/, ""));
    for (const path of [...paths, "README.md", "score.yaml", "function.yaml"]) {
      assert.ok([...files.keys()].some((found) => found.split("/").at(-1) === path), path);
    }
    assert.match(files.get("Dockerfile"), /^FROM \S+@sha256:[0-9a-f]{64}/m);
    assert.match(files.get("Dockerfile"), /^USER /m);

    await page.click("#tab-toml");
    const app = await toml(page);
    assert.match(app, /^app = "hello"\n/);
    assert.match(app, /dockerfile = "Dockerfile"/);
    assert.match(app, /auto_stop_machines = "stop"/);
    assert.match(app, /min_machines_running = 0/);
    assert.equal(await page.locator("#machine-refused").getAttribute("hidden"), "");
  }));
}

test("the runtimes come when the first function is chosen, and not before", page(async (page) => {
  // A service worker would get all there is.
  await page.addInitScript(() => Object.defineProperty(navigator, "serviceWorker", { value: undefined }));
  await page.reload();
  await converted(page);
  const asked = [];
  page.context().on("request", (request) => asked.push(request.url()));
  const isRuntimes = (url) => /functions-[\w-]+\.wasm$/.test(url);
  await example(page, "score/minimal");
  await converted(page, /no problems/);
  assert.deepEqual(asked.filter(isRuntimes), []);
  await choose(page, "static");
  assert.equal(asked.filter(isRuntimes).length, 1, String(asked));
}));

test("editing a file changes the context", page(async (page) => {
  await choose(page, "flask");
  const shown = file(page);
  assert.match(await shown.text(), /^from flask import Flask/m);
  await shown.write("app = None\n");
  await eventually(async () => assert.equal((await context(page)).get("function.py"), "app = None\n"));
  await shown.choose("function.yaml");
  await shown.write("runtime: flask\noptions: {workers: 3, packages: [libpq5]}\n");
  await eventually(async () => assert.match((await context(page)).get("Dockerfile"), /libpq5/));
  assert.match((await context(page)).get("gunicorn.conf.py"), /workers = 3/);
  // Back in the other file, nothing of this one is left, or can be undone.
  await shown.choose("function.py");
  assert.equal(await shown.text(), "app = None\n");
  await shown.content.press("Control+z");
  assert.equal(await shown.text(), "app = None\n");
}));

test("the name in score.yaml is the app's", page(async (page) => {
  await choose(page, "static");
  const score = editor(page, "score");
  await score.show();
  await score.write((await score.text()).replace("name: hello", "name: shop"));
  await eventually(async () => assert.match((await context(page)).get("score.yaml"), /name: shop/));
  await page.click("#tab-toml");
  assert.match(await toml(page), /^app = "shop"\n/);
}));

test("mistakes in function.yaml are marked, explained, and led to", page(async (page) => {
  await choose(page, "flask");
  const shown = file(page);
  await shown.choose("function.yaml");
  await shown.write("runtime: flask\noptions:\n  worker: 2\n  threads: many\n");
  await converted(page, /^2 errors$/);
  assert.deepEqual(await page.locator("#editor-function .cm-lintRange-error").allTextContents(), ["worker", "many"]);
  assert.equal(await page.locator("#tab-function .badge").textContent(), "2");
  assert.equal(await page.locator("#download-context").isDisabled(), true);
  assert.match(await page.locator("#problems-list").innerText(), /no option `?worker`?[^]*did you mean `?workers`?/);

  await shown.choose("README.md");
  await page.click("#tab-overrides");
  await page.locator(".problem-line").nth(1).click();
  assert.equal(await page.inputValue("#function-file"), "function.yaml");
  await page.keyboard.insertText("1 # ");
  await eventually(async () => assert.match(await shown.text(), /threads: 1 # many/));
  await converted(page, /^1 error$/);

  await shown.write("runtime: flsk\n");
  await converted(page, /^1 error$/);
  assert.equal(await page.locator("#editor-function .cm-lintRange-error").textContent(), "flsk");
  await shown.write("runtime: ./mine\n");
  await converted(page, /^1 error$/);
  assert.match(await page.locator("#problems-list").innerText(), /only the built-in runtimes/);
}));

test("what is open and scrolled stays so", page(async (page) => {
  await choose(page, "flask");
  const lock = page.locator("#context details", { has: page.locator("summary", { hasText: /^requirements\.txt/ }) });
  await lock.locator("summary").click();
  const panel = page.locator("#panel-context");
  await panel.evaluate((node) => node.scrollTo(0, 300));
  await file(page).write("app = 1\n");
  await eventually(async () => assert.equal((await context(page)).get("function.py"), "app = 1\n"));
  assert.equal(await lock.getAttribute("open"), "");
  assert.equal(await panel.evaluate((node) => node.scrollTop), 300);
}, { viewport: { width: 1280, height: 700 } }));

test("a link brings the function back, and another example takes it away", page(async (page, browserContext) => {
  await choose(page, "express");
  await file(page).write("export const app = null;\n");
  await eventually(async () => assert.equal((await context(page)).get("function.js"), "export const app = null;\n"));
  await page.click("#share");
  await eventually(async () => assert.match(await page.evaluate(() => navigator.clipboard.readText()), /#1\./));
  const other = await browserContext.newPage();
  await other.goto(await page.evaluate(() => navigator.clipboard.readText()));
  await eventually(async () => assert.deepEqual(await context(other), await context(page)));

  await example(page, "score/minimal");
  await converted(page, /no problems/);
  await eventually(async () => assert.equal(await page.locator("#tab-function").isVisible(), false));
  assert.equal(await page.locator("#tab-context").isVisible(), false);
  assert.equal(await page.getAttribute("#tab-toml", "aria-selected"), "true");
  assert.equal(await page.getAttribute("#tab-score", "aria-selected"), "true");
}));

test("the download is what a deploy needs", page(async (page) => {
  await choose(page, "express");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download-context")]);
  assert.equal(download.suggestedFilename(), "hello.zip");
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  try {
    writeFileSync(join(folder, "hello.zip"), readFileSync(await download.path()));
    execFileSync("python3", ["-m", "zipfile", "-e", "hello.zip", "."], { cwd: folder });
    for (const [path, text] of await context(page)) assert.equal(readFileSync(join(folder, path), "utf8"), text, path);
    assert.match(readFileSync(join(folder, "fly.toml"), "utf8"), /^app = "hello"\n/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}));
