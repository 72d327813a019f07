// axe finds nothing serious, in both themes and on a phone; and the keyboard gets everywhere.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { converted, editor, eventually, example, pages } from "./page.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const page = pages();

const STATES = {
  "an example": async () => {},
  mistakes: async (page) => {
    await example(page, "score/ten-mistakes");
    await converted(page, /^10 errors$/);
  },
  "what is missing": async (page) => {
    await example(page, "placeholders/missing-outputs");
    await eventually(async () => assert.equal(await page.locator("#resources .wanted").count(), 2));
    await page.click("#tab-requirements");
  },
  "out of date": async (page) => {
    await editor(page, "score").write("nonsense: 1\n");
    await converted(page, /error/);
  },
  secrets: async (page) => {
    await page.click("#tab-secrets");
    await page.click("#reveal");
    await page.click("#tab-outputs");
  },
  files: async (page) => {
    await page.click("#tab-files");
    await page.click("#tab-overrides");
  },
  machine: async (page) => {
    await page.click("#tab-machine");
  },
  "a function": async (page) => {
    await example(page, "function/flask");
    await page.locator("#context details[open]").waitFor();
    await converted(page, /no problems/);
  },
  "a fly.toml": async (page) => {
    await page.click("#way-fly");
    await page.locator("#fly-mend").click();
  },
  "the page of a code": async (page) => {
    await example(page, "idioms/kubernetes");
    await converted(page, /error/);
    await page.locator("#problems .problem-code").first().click();
  },
  "the warning before sharing": async (page) => {
    await page.click("#share");
  },
};

const LOOKS = [
  { colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  { colorScheme: "light", viewport: { width: 360, height: 740 } },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
];

for (const look of LOOKS) {
  for (const [state, reach] of Object.entries(STATES)) {
    test(`${state}, ${look.colorScheme}, ${look.viewport.width} wide`, page(async (page) => {
      await reach(page);
      // By the debugger, which the page's policy does not bind.
      const session = await page.context().newCDPSession(page);
      await session.send("Runtime.evaluate", { expression: axe });
      const violations = await page.evaluate(async () => {
        const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
        const rules = { "target-size": { enabled: true } };
        return (await globalThis.axe.run(document, { runOnly: { type: "tag", values }, rules })).violations;
      });
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`);
    }, look));
  }
}

test("nothing moves while the page loads", page(async (page) => {
  await page.addInitScript(() => {
    globalThis.shifts = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) globalThis.shifts += value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.reload();
  await converted(page, /no problems/);
  await page.waitForTimeout(500);
  const shifts = await page.evaluate(() => globalThis.shifts);
  // https://web.dev/articles/cls: good is at most 0.1.
  assert.ok(shifts <= 0.1, `${shifts}`);
}, { viewport: { width: 390, height: 844 } }));

test("tabs go by arrows, and Tab leads on", page(async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.id);
  await page.focus("#tab-score");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "tab-overrides");
  assert.equal(await page.locator("#panel-overrides").isVisible(), true);
  assert.equal(await page.locator("#panel-score").isVisible(), false);
  await page.keyboard.press("End");
  assert.equal(await focused(), "tab-outputs");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "tab-score");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "editor-score");
}));

test("Escape, then Tab, leaves the editor; Tab alone indents", page(async (page) => {
  const score = editor(page, "score");
  await score.content.focus();
  const before = await score.text();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), "editor-score");
  assert.equal(await score.text(), before);
  await score.content.focus();
  await page.keyboard.press("Home"); // any other key ends what Escape began
  await page.keyboard.press("Tab");
  assert.notEqual(await score.text(), before);
}));

test("how it went is read out", page(async (page) => {
  assert.equal(await page.getByRole("status").first().textContent(), "Converted, no problems");
  await example(page, "score/old-lists");
  await converted(page, /^Converted, with 2 warnings$/);
}));
