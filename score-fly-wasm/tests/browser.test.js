// The installed package in headless Chromium: every shared case, in a worker, under a strict
// Content-Security-Policy, and bundled by Vite.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";
import { build } from "vite";

const root = import.meta.dirname;
const types = { ".js": "text/javascript", ".html": "text/html", ".wasm": "application/wasm", ".json": "application/json" };
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

let server, browser, origin;

before(async () => {
  // Serves the consumer's folder, and the cases under /cases.
  server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const file = path.startsWith("/cases/") ? join(process.env.FIXTURES, path) : join(root, path);
    try {
      const content = await readFile(file);
      response.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain", "content-security-policy": policy });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  await writeFile(join(root, "empty.html"), "<!doctype html><title>score-fly</title>");
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

// A page on which nothing may go wrong.
async function open(path) {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.goto(origin + path);
  return { page, problems };
}

test("every shared case, under a strict policy", async () => {
  const { page, problems } = await open("/empty.html");
  const { ran, differences } = await page.evaluate(async () => {
    const { convert, init } = await import("/node_modules/score-fly/dist/index.js");
    const { run } = await import("/cases.js");
    await init();
    const read = async (path) => {
      const response = await fetch(`/cases/${path}`);
      // `text()` would drop a byte order mark, which is what some cases are about.
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
    };
    return run(convert, read);
  });
  assert.deepEqual(differences, []);
  assert.ok(ran >= 80);
  assert.deepEqual(problems, []);
});

test("in a worker", async () => {
  await writeFile(
    join(root, "worker.js"),
    `import { checkFly, convert, init, machineConfig } from "/node_modules/score-fly/dist/index.js";
     await init();
     const config = { name: "fly.toml", text: "kill_timeout = 5\\n" };
     postMessage([
       convert({ score: { name: "a", text: "[]" } }).status,
       checkFly({ config }).fixed,
       machineConfig({ config }).machine.stop_config,
     ]);`,
  );
  const { page, problems } = await open("/empty.html");
  const answers = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker("/worker.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      }),
  );
  assert.deepEqual(answers, ["failure", 'kill_timeout = "5s"\n', { timeout: "5s" }]);
  assert.deepEqual(problems, []);
});

test("the entry that starts a worker itself", async () => {
  const { page, problems } = await open("/empty.html");
  const answers = await page.evaluate(async () => {
    const { startWorker } = await import("/node_modules/score-fly/dist/worker.js");
    const worker = startWorker();
    const [text, fly, version] = await Promise.all([
      worker.decode("a", new Uint8Array([91, 93])),
      worker.checkFly("kill_timeout = 5\n"),
      worker.version(),
    ]);
    const { status } = await worker.convert(text.text);
    const open = worker.convert("[]");
    worker.close();
    const message = (promise) => promise.catch((error) => error.message);
    const lost = startWorker("/none.wasm");
    return [status, fly.fixed, version, await message(open), await message(worker.convert("[]")), await message(lost.convert("[]"))];
  });
  assert.deepEqual(answers.slice(0, 2), ["failure", 'kill_timeout = "5s"\n']);
  assert.match(answers[2], /^\d+\.\d+\.\d+$/);
  assert.match(answers[3], /was closed/);
  assert.match(answers[4], /was closed/);
  assert.match(answers[5], /404/);
  assert.deepEqual(problems.filter((problem) => !/404/.test(problem)), []);
});

test("bundled by Vite", async () => {
  await writeFile(join(root, "index.html"), `<!doctype html><title>-</title><script type="module" src="/main.js"></script>`);
  await writeFile(
    join(root, "main.js"),
    `import { convert, init, version } from "score-fly";
     await init();
     document.title = version() + " " + convert({ score: { name: "a", text: "[]" } }).status;`,
  );
  await build({ root, logLevel: "warn", build: { outDir: "bundle", target: "es2022" }, base: "/bundle/" });
  const { page, problems } = await open("/bundle/index.html");
  await page.waitForFunction(() => document.title !== "-");
  assert.match(await page.title(), /^\d+\.\d+\.\d+ failure$/);
  assert.deepEqual(problems, []);
});
