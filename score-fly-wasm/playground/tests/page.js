// One page in a context of its own, with what tests do on it. It must not complain, break its policy,
// or ask other servers for anything.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { launch, serve } from "./browser.js";

export const MINIMAL = `apiVersion: score.dev/v1b1
metadata:
  name: web
containers:
  main:
    image: nginx
`;

export const WITH_DATABASE = `${MINIMAL}    variables:
      HOST: \${resources.db.host}
      PASSWORD: \${resources.db.password}
resources:
  db:
    type: postgres
`;

/**
 * A server and a browser for the tests of one file. What comes back makes a test of what is to be done on a page
 * of its own: it is given the page, its context, and the server's address.
 */
export function pages() {
  let server, browser;
  before(async () => {
    server = await serve();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  return (test, options = {}) => () => withPage(browser, server.url, options, test);
}

/** Opens the page and gives it to `test`. */
export async function withPage(browser, url, options, test) {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"], ...options });
  try {
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "blob:" && origin !== new URL(url).origin) complaints.push(`asked ${origin}`);
    });
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective }) => console.error(`violates ${violatedDirective}`));
    });
    await page.goto(url);
    await converted(page);
    await test(page, context, url);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

/** The texts of the Docker context that is shown, by path and in the order that is shown. */
export async function context(page) {
  const files = await page
    .locator("#context details")
    .evaluateAll((all) => all.map((file) => [file.querySelector("code").textContent, file.querySelector("pre").textContent]));
  return new Map(files);
}

/** Chooses an example, also in place of what was written. */
export async function example(page, name) {
  await page.selectOption("#example", name);
  const agree = page.locator("#replace[open] .primary");
  if ((await agree.count()) > 0) await agree.click();
}

/** Waits until the page has answered the last edit, with a status that `expected` fits. */
export async function converted(page, expected = /./) {
  const status = page.locator("#result[aria-busy=false] #status").filter({ hasText: expected });
  await status.waitFor({ timeout: 10_000 });
}

export function editor(page, name) {
  const content = page.locator(`#editor-${name} .cm-content`);
  return {
    content,
    show: () => page.click(`#tab-${name}`),
    text: () => content.evaluate((node) => Array.from(node.querySelectorAll(".cm-line"), (line) => line.textContent).join("\n")),
    async write(text) {
      await page.click(`#tab-${name}`);
      await content.click();
      await page.keyboard.press("Control+a");
      await page.keyboard.press("Delete");
      await page.keyboard.insertText(text);
    },
  };
}

/** The text of fly.toml as it is shown. */
export function toml(page) {
  return page
    .locator("#toml .cm-content")
    .evaluate((node) => Array.from(node.querySelectorAll(".cm-line"), (line) => line.textContent).join("\n"));
}

/** The machine config as it is shown. */
export function machine(page) {
  return page
    .locator("#machine .cm-content")
    .evaluate((node) => JSON.parse(Array.from(node.querySelectorAll(".cm-line"), (line) => line.textContent).join("\n")));
}

export function output(page, resource, name) {
  return page.locator(`[id="output:${resource}:${name}"]`);
}

/** Waits for a check of the page's content to hold. */
export async function eventually(check) {
  const end = Date.now() + 5_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
