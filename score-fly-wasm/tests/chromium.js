// A folder, served under a strict Content-Security-Policy to a headless Chromium.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { after, before } from "node:test";

import { chromium } from "playwright-core";

const TYPES = { ".js": "text/javascript", ".html": "text/html", ".wasm": "application/wasm", ".json": "application/json" };
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

/**
 * For the tests of one file: what opens an address, or a path of that folder, on a page on which nothing may go wrong. `place` gives the file of
 * a path, where that is not below `root`.
 */
export function pages(root, place = (path) => join(root, path)) {
  let server, browser;
  before(async () => {
    server = createServer(async (request, response) => {
      try {
        const file = place(normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname)));
        const content = await readFile(file);
        response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-security-policy": POLICY });
        response.end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });
  return async (address) => {
    const page = await browser.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(new URL(address, `http://127.0.0.1:${server.address().port}`).href);
    return { page, problems };
  };
}
