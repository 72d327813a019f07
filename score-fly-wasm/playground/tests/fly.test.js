// The other way: from a fly.toml.

import assert from "node:assert/strict";
import { test } from "node:test";

import { editor, eventually, example, pages, toml } from "./page.js";

const page = pages();

const WITH_MISTAKES = `# ours
app = "shop"
kill_timeout = 5

[build]
image = "nginx"

[processes]
web = "serve"
job = "work --all"
`;

/** The text of a read-only editor. */
const shown = (page, id) =>
  page.locator(`#${id} .cm-content`).evaluate((node) => Array.from(node.querySelectorAll(".cm-line"), (line) => line.textContent).join("\n"));

async function write(page, text) {
  await page.click("#way-fly");
  const fly = page.locator("#editor-fly .cm-content");
  await fly.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
  await page.locator("#from-fly[aria-busy=false]").waitFor();
}

test("mistakes are marked, and mended after a look at what changes", page(async (page) => {
  await write(page, WITH_MISTAKES);
  await eventually(async () => assert.equal(await page.locator("#editor-fly .cm-lintRange-info").first().textContent(), "5"));
  assert.match(await page.locator("#fly-problems").innerText(), /implied-unit/);
  await page.click("#fly-mend");
  const changes = await page.locator("#fly-mended .diff:not(.same)").allTextContents();
  assert.deepEqual(changes, ["- removed: kill_timeout = 5\n", '+ added: kill_timeout = "5s"\n']);
  await page.click("#fly-take");
  await eventually(async () => assert.doesNotMatch(await page.locator("#fly-problems").innerText(), /implied-unit/));
  assert.equal(await shown(page, "editor-fly"), WITH_MISTAKES.replace("= 5", '= "5s"'));
  assert.equal(await page.locator("#fly-mend").isVisible(), false);
}));

test("it becomes a Score file, with which one can go on", page(async (page) => {
  await write(page, 'app = "shop"\n\n[build]\nimage = "nginx:2"\n');
  await eventually(async () => assert.match(await shown(page, "fly-score"), /name: shop\n[^]*image: nginx:2\n/));
  await page.click("#fly-score-open");
  await eventually(async () => assert.equal(await toml(page), 'app = "shop"\n\n[build]\nimage = "nginx:2"\n'));
  assert.match(await editor(page, "score").text(), /name: shop/);
}));

test("going on with it asks before an own Score file is gone", page(async (page) => {
  await editor(page, "score").write("# mine\n");
  await write(page, 'app = "shop"\n\n[build]\nimage = "nginx:2"\n');
  await eventually(async () => assert.match(await shown(page, "fly-score"), /name: shop/));
  await page.click("#fly-score-open");
  await page.locator("#go-on button", { hasText: "Cancel" }).click();
  await page.click("#way-score");
  assert.equal(await editor(page, "score").text(), "# mine\n");
  await page.click("#way-fly");
  await page.click("#fly-score-open");
  await page.locator("#go-on .primary").click();
  await eventually(async () => assert.match(await editor(page, "score").text(), /name: shop/));
}));

test("each process group has its machine", page(async (page) => {
  await write(page, WITH_MISTAKES);
  await page.click("#tab-fly-machine");
  await eventually(async () => assert.deepEqual(JSON.parse(await shown(page, "fly-machine")).init, { cmd: ["serve"] }));
  await page.selectOption("#fly-group", "job");
  await eventually(async () => assert.deepEqual(JSON.parse(await shown(page, "fly-machine")).init, { cmd: ["work", "--all"] }));
  assert.equal(await page.locator("#fly-score-refused").isVisible(), false);
}));

test("what can't be read has no Score file, and says why", page(async (page) => {
  await write(page, "app = [\n");
  await eventually(async () => assert.match(await page.locator("#fly-score-refused").innerText(), /no Score file/));
  assert.equal(await page.locator("#fly-score-open").isDisabled(), true);
  assert.match(await page.locator("#fly-status").innerText(), /error/);
}));

test("a fly.toml among Score files is recognised", page(async (page) => {
  await editor(page, "score").write(WITH_MISTAKES);
  await page.click("#open-toml");
  await eventually(async () => assert.equal(await shown(page, "editor-fly"), WITH_MISTAKES));
  // A reload keeps it, and an example leads back.
  await page.locator("#editor-fly .cm-content").press("Control+End");
  await page.keyboard.insertText("# kept\n");
  await page.reload();
  await eventually(async () => assert.match(await shown(page, "editor-fly"), /# kept/));
  await page.click("#way-score");
  assert.equal(await page.locator("#is-toml").isVisible(), true);
  await example(page, "score/minimal");
  await eventually(async () => assert.match(await toml(page), /^app = "web"/));
  assert.equal(await page.locator("#is-toml").isVisible(), false);
}));
