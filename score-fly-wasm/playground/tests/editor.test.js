// What editors do for whoever writes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { converted, editor, eventually, example, MINIMAL, pages, toml, WITH_DATABASE } from "./page.js";

const page = pages();

test("a line after a key goes deeper", page(async (page) => {
  const score = editor(page, "score");
  await score.write("containers:");
  for (const text of ["main:", "command:", "- a"]) {
    await page.keyboard.press("Enter");
    await page.keyboard.insertText(text);
  }
  await page.keyboard.press("Enter");
  await page.keyboard.insertText('- "b: c"');
  assert.equal(await score.text(), 'containers:\n  main:\n    command:\n      - a\n      - "b: c"');
}));

/** Asks what can be written at the cursor. */
async function offered(page) {
  await page.keyboard.press("Control+Space");
  const list = page.locator("#editor-score .cm-tooltip-autocomplete li .cm-completionLabel");
  await list.first().waitFor();
  return list.allTextContents();
}

test("keys are offered where they can stand, with what they are for", page(async (page) => {
  const score = editor(page, "score");
  await score.write(`${MINIMAL}    `);
  const keys = await offered(page);
  assert.deepEqual(["args", "command", "files", "resources", "variables", "volumes"].filter((key) => !keys.includes(key)), []);
  assert.ok(!keys.includes("apiVersion"));
  await page.keyboard.insertText("livenessP");
  await eventually(async () => assert.match(await page.locator("#editor-score .cm-completionInfo").innerText(), /\w/));
  await page.waitForTimeout(150); // what was just shown is not taken yet
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.keyboard.insertText("httpG");
  assert.deepEqual(await offered(page), ["httpGet"]);
  await page.keyboard.press("Escape");
  assert.match(await score.text(), /\n {4}livenessProbe:\n {6}httpG$/);
}));

test("annotations, values and placeholders are offered", page(async (page) => {
  const score = editor(page, "score");
  await score.write("metadata:\n  annotations:\n    fly.score.dev/primary");
  assert.deepEqual(await offered(page), ["fly.score.dev/primary-region"]);
  await score.write("service:\n  ports:\n    web:\n      protocol: ");
  assert.deepEqual((await offered(page)).sort(), ["TCP", "UDP"]);
  await score.write(WITH_DATABASE);
  await converted(page, /error/);
  await page.keyboard.press("Control+Home");
  for (let line = 0; line < 6; line += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.insertText("\n      URL: ${resources.db.u");
  assert.ok((await offered(page)).includes("resources.db.username"));
}));

test("hovering a key tells what it is for", page(async (page) => {
  const score = editor(page, "score");
  await score.write(MINIMAL);
  await page.locator("#editor-score .cm-line", { hasText: "image" }).getByText("image", { exact: true }).hover();
  await eventually(async () => assert.match(await page.locator("#editor-score .documentation").innerText(), /image/));
}));

test("a mistake of one letter is mended with one click", page(async (page) => {
  const score = editor(page, "score");
  await score.write(MINIMAL.replace("image", "imge"));
  await converted(page, /error/);
  await page.locator("#editor-score .cm-lintRange-error", { hasText: "imge" }).hover();
  await page.locator("#editor-score .cm-diagnosticAction").click();
  await eventually(async () => assert.equal(await toml(page), 'app = "web"\n\n[build]\nimage = "nginx"\n'));
}));

test("a text can be searched", page(async (page) => {
  await editor(page, "score").content.click();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("PUBLIC_URL");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await page.locator("#editor-score .cm-searchMatch-selected").textContent(), "PUBLIC_URL"));
}));

test("a long text is typed in without a wait", page(async (page) => {
  const lines = Array.from({ length: 4000 }, (_, index) => `      VARIABLE_NUMBER_${index}: "some value that is rather ${index}"\n`);
  const text = `${MINIMAL}    variables:\n${lines.join("")}`;
  assert.ok(text.length > 200_000);
  await example(page, "score/minimal");
  await editor(page, "score").content.click();
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+v");
  await page.locator("#toml .cm-line", { hasText: "VARIABLE_NUMBER_0" }).waitFor({ timeout: 20_000 });
  // No editor draws what does not show, whether it is hidden or far below.
  const drawn = await page.evaluate(() =>
    Array.from(document.querySelectorAll(".editor"), ({ shadowRoot }) => shadowRoot.querySelectorAll(".cm-line").length),
  );
  assert.ok(Math.max(...drawn) < 200, `${drawn}`);
  // What was not drawn is there when it shows.
  await page.click("#tab-machine");
  await page.locator("#machine .cm-line", { hasText: "VARIABLE_NUMBER_0" }).waitFor();
}));
