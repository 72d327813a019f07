// The recipes of the README, each with the real bundler: what comes of it runs in Chromium, and in Node.

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rolldown } from "rolldown";
import { rollup } from "rollup";
import * as vite8 from "vite";
import * as vite6 from "vite6";
import * as vite7 from "vite7";
import webpack from "webpack";

import { pages } from "./chromium.js";

const root = join(import.meta.dirname, "bundled");
const wasm = join(import.meta.dirname, "node_modules/score-fly/dist/score_fly.wasm");

const CONVERT = `convert("apiVersion: score.dev/v1b1\\nmetadata: {name: web}\\ncontainers: {main: {image: nginx}}\\n")`;
const TOML = 'app = "web"\n\n[build]\nimage = "nginx"\n';
const PROGRAMS = {
  page: `import { convert, init } from "score-fly";\nawait init();\ndocument.title = ${CONVERT}.toml;\n`,
  inline: `import { convert } from "score-fly/inline";\ndocument.title = ${CONVERT}.toml;\n`,
  worker: `import { startWorker } from "score-fly/worker";\nconst { convert } = startWorker();\ndocument.title = (await ${CONVERT}).toml;\n`,
  server: `import { convert } from "score-fly";\nprocess.stdout.write(${CONVERT}.toml);\n`,
};
const entry = (name) => join(root, `${name}.js`);

const open = pages(root);

before(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  for (const [name, program] of Object.entries(PROGRAMS)) writeFileSync(entry(name), program);
});

after(() => rmSync(root, { recursive: true, force: true }));

/** Opens an address, on which the program says what it converted. */
async function opened(address) {
  const { page, problems } = await open(address);
  await page.waitForFunction((title) => document.title !== title, "-", { timeout: 10_000 }).catch(() => {});
  const title = await page.evaluate(() => document.head.querySelector("title").textContent);
  await page.close();
  assert.deepEqual(problems, []);
  assert.equal(title, TOML);
}

/** Runs `<name>/main.js` in a page. */
async function inPage(name, kind = 'type="module"') {
  writeFileSync(join(root, name, "index.html"), `<!doctype html><title>-</title><script ${kind} src="./main.js"></script>`);
  await opened(`/${name}/index.html`);
}

/** Runs it in Node, away from all packages. */
function inNode(name) {
  assert.equal(execFileSync(process.execPath, [join(root, name, "main.js")], { cwd: "/", encoding: "utf8" }), TOML);
}

/** "Copy score_fly.wasm beside the bundle." */
const copyWasm = (name) => copyFileSync(wasm, join(root, name, "score_fly.wasm"));

const BUNDLERS = {
  esbuild: (from, folder, platform) =>
    esbuild.build({
      entryPoints: [from],
      outfile: join(folder, "main.js"),
      bundle: true,
      format: "esm",
      platform: platform === "node" ? "node" : "browser",
      logLevel: "error",
    }),
  rollup: async (from, folder, platform) => {
    const exportConditions = platform === "node" ? ["node"] : [];
    const bundle = await rollup({ input: from, plugins: [nodeResolve({ exportConditions })], external: /^node:/, onwarn });
    await bundle.write({ file: join(folder, "main.js"), format: "es" });
  },
  rolldown: async (from, folder, platform) => {
    const bundle = await rolldown({ input: from, platform, onwarn });
    await bundle.write({ file: join(folder, "main.js"), format: "es" });
  },
  Bun: (from, folder, platform) => {
    const flags = ["build", from, "--outfile", join(folder, "main.js"), "--target", platform];
    return promisify(execFile)(join(import.meta.dirname, "node_modules/.bin/bun"), flags);
  },
};

function onwarn(warning) {
  throw new Error(warning.message);
}

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  test(`${name}: for browsers, with the .wasm copied beside it`, async () => {
    const folder = `${name}-page`;
    await bundle(entry("page"), join(root, folder), "browser");
    copyWasm(folder);
    await inPage(folder);
  });

  test(`${name}: for browsers, with nothing beside it`, async () => {
    const folder = `${name}-inline`;
    await bundle(entry("inline"), join(root, folder), "browser");
    await inPage(folder);
  });

  test(`${name}: for Node, with the .wasm copied beside it, and told about it if not`, async () => {
    const folder = `${name}-server`;
    await bundle(entry("server"), join(root, folder), "node");
    writeFileSync(join(root, folder, "package.json"), '{"type": "module"}');
    // Bun puts the folder of the package where the bundle has its own.
    if (name !== "Bun") {
      assert.throws(() => execFileSync(process.execPath, [join(root, folder, "main.js")], { stdio: "pipe" }), /copy it there from score-fly\/dist/);
    }
    copyWasm(folder);
    inNode(folder);
  });
}

test("esbuild: as a file with its hash in the name", async () => {
  writeFileSync(
    entry("hashed"),
    `import { convert, init } from "score-fly";\nimport wasm from "score-fly/score_fly.wasm";\n` +
      `await init(new URL(wasm, import.meta.url));\ndocument.title = ${CONVERT}.toml;\n`,
  );
  const outfile = join(root, "esbuild-hashed/main.js");
  await esbuild.build({ entryPoints: [entry("hashed")], outfile, bundle: true, format: "esm", loader: { ".wasm": "file" } });
  assert.equal(readdirSync(join(root, "esbuild-hashed")).filter((name) => /^score_fly-.*\.wasm$/.test(name)).length, 1);
  await inPage("esbuild-hashed");
});

/** Runs webpack with nothing set but the target. Its output is a script, and no module. */
async function packed(from, folder, target) {
  const output = { path: join(root, folder), filename: "main.js" };
  const options = { mode: "production", entry: from, target, output, performance: false };
  const stats = await promisify(webpack)(options);
  assert.deepEqual(stats.toJson({ errors: true, warnings: true }).errors, []);
}

test("webpack: for browsers, as it is", async () => {
  await packed(entry("page"), "webpack-page", "web");
  await inPage("webpack-page", "defer");
});

test("webpack: for browsers, in a worker", async () => {
  await packed(entry("worker"), "webpack-worker", "web");
  await inPage("webpack-worker", "defer");
});

test("webpack: for Node, as it is", async () => {
  await packed(entry("server"), "webpack-server", "node");
  writeFileSync(join(root, "webpack-server/package.json"), '{"type": "commonjs"}');
  inNode("webpack-server");
});

for (const [version, vite] of Object.entries({ 6: vite6, 7: vite7, 8: vite8 })) {
  const config = { configFile: false, logLevel: "error", base: "./" };

  for (const program of ["page", "worker"]) {
    test(`Vite ${version}: built, ${program}`, async () => {
      const folder = join(root, `vite${version}-${program}`);
      mkdirSync(folder);
      writeFileSync(join(folder, "index.html"), `<!doctype html><title>-</title><script type="module" src="../${program}.js"></script>`);
      await vite.build({ ...config, root: folder, build: { target: "es2022", assetsInlineLimit: 0 } });
      await opened(`/vite${version}-${program}/dist/index.html`);
    });
  }

  test(`Vite ${version}: on the development server`, async () => {
    const folder = join(root, `vite${version}-dev`);
    mkdirSync(folder);
    writeFileSync(join(folder, "main.js"), PROGRAMS.page);
    const icon = `<link rel="icon" href="data:,">`;
    writeFileSync(join(folder, "index.html"), `<!doctype html><title>-</title>${icon}<script type="module" src="./main.js"></script>`);
    const optimizeDeps = { exclude: ["score-fly"] };
    const server = await vite.createServer({ ...config, base: "/", root: folder, optimizeDeps, server: { host: "127.0.0.1", port: 0, hmr: false, fs: { strict: false } } });
    try {
      await server.listen();
      await opened(`http://127.0.0.1:${server.httpServer.address().port}/`);
    } finally {
      await server.close();
    }
  });

  test(`Vite ${version}: built for Node`, async () => {
    const folder = join(root, `vite${version}-server`);
    mkdirSync(folder);
    await vite.build({ ...config, root: folder, ssr: { noExternal: true }, build: { ssr: entry("server"), rollupOptions: { output: { entryFileNames: "main.js" } } } });
    copyFileSync(wasm, join(folder, "dist/score_fly.wasm"));
    writeFileSync(join(folder, "dist/package.json"), '{"type": "module"}');
    inNode(`vite${version}-server/dist`);
  });
}
