// The installed package in headless Chromium: every shared case, in a worker, under a strict
// Content-Security-Policy, and bundled by Vite.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";

import { build } from "vite";

import { pages } from "./chromium.js";

const root = import.meta.dirname;

// The consumer's folder, and the cases under /cases.
const open = pages(root, (path) => (path.startsWith("/cases/") ? join(process.env.FIXTURES, path) : join(root, path)));

before(() => writeFile(join(root, "empty.html"), "<!doctype html><title>score-fly</title>"));

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
