// After the first load the page needs no server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { launch, serve } from "./browser.js";
import { context, converted, editor, eventually, example, MINIMAL, toml, withPage } from "./page.js";

test("works offline after the first load", async () => {
  const server = await serve();
  const browser = await launch();
  try {
    await withPage(browser, server.url, {}, async (page) => {
      await page.evaluate(() => navigator.serviceWorker.ready);
      await eventually(async () => assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null)));
      await server.close();
      await page.reload();
      await converted(page);
      await editor(page, "score").write(MINIMAL.replace("name: web", "name: offline"));
      await eventually(async () => assert.match(await toml(page), /^app = "offline"\n/));
      await example(page, "function/axum");
      await eventually(async () => assert.match((await context(page)).get("Dockerfile"), /^FROM rust:/m));
      await example(page, "score/ten-mistakes");
      await converted(page, /^10 errors$/);
      await page.locator("#problems .problem-code").first().click();
      assert.match(await page.locator("#explain-page").innerText(), /\w/);
    });
  } finally {
    await browser.close();
    await server.close().catch(() => {});
  }
});
