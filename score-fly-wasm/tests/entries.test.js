// What there is beside `import { convert } from "score-fly"` in Node.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as scoreFly from "score-fly";
import * as deploy from "score-fly/deploy";
import { codes, explain } from "score-fly/explain";
import * as inline from "score-fly/inline";
import packageJson from "score-fly/package.json" with { type: "json" };
import * as schema from "score-fly/schema";

const WEB = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {main: {image: nginx}}\n";
const TOML = 'app = "web"\n\n[build]\nimage = "nginx"\n';
const wasm = fileURLToPath(import.meta.resolve("score-fly/score_fly.wasm"));

let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "score-fly-"));
});

after(() => rmSync(folder, { recursive: true }));

test("the same operations from CommonJS, and in one module", () => {
  const common = createRequire(import.meta.url)("score-fly");
  assert.deepEqual(Object.keys(common).sort(), Object.keys(scoreFly).sort());
  assert.deepEqual(Object.keys(inline).sort(), Object.keys(scoreFly).sort());
  for (const { convert, version } of [scoreFly, common, inline]) {
    assert.equal(convert(WEB).toml, TOML);
    assert.equal(version(), packageJson.version);
  }
});

test("planning a deploy from CommonJS, and before anything is loaded", () => {
  const common = createRequire(import.meta.url)("score-fly/deploy");
  assert.deepEqual(Object.keys(common).sort(), Object.keys(deploy).sort());
  assert.deepEqual(common.stamp({}), deploy.stamp({}));
  const program = `import assert from "node:assert/strict";
    import { readFileSync } from "node:fs";
    import { init, stamp } from ${JSON.stringify(new URL("./deploy.js", import.meta.resolve("score-fly/deploy")))};
    assert.throws(() => stamp({}), /\`await init\\(\\)\` before the first call/);
    await init(readFileSync(${JSON.stringify(fileURLToPath(import.meta.resolve("score-fly/score_fly_deploy.wasm")))}));
    process.stdout.write(stamp({}).status);`;
  const run = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
  assert.deepEqual([run.stdout, run.stderr], ["success", ""]);
});

test("`init` takes a path, an address, bytes, a module and a response", () => {
  for (const source of [
    "path",
    "pathToFileURL(path)",
    "pathToFileURL(path).href",
    "readFileSync(path)",
    "new WebAssembly.Module(readFileSync(path))",
    'new Response(readFileSync(path), { headers: { "content-type": "application/wasm" } })',
  ]) {
    const program = `import { readFileSync } from "node:fs";
      import { pathToFileURL } from "node:url";
      import { convert, init } from "score-fly";
      const path = ${JSON.stringify(wasm)};
      await init(${source});
      process.stdout.write(convert(${JSON.stringify(WEB)}).toml);`;
    const run = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: import.meta.dirname, encoding: "utf8" });
    assert.deepEqual([run.stdout, run.stderr], [TOML, ""], source);
  }
});

test("the entry for browsers says that it is not loaded", () => {
  const program = `import assert from "node:assert/strict";
    import { readFileSync } from "node:fs";
    import { convert, init } from ${JSON.stringify(new URL("./index.js", import.meta.resolve("score-fly")))};
    assert.throws(() => convert(""), /\`await init\\(\\)\` before the first call/);
    await assert.rejects(init(new URL("file:///nowhere.wasm")));
    assert.throws(() => convert(""), /before the first call/);
    await init(readFileSync(${JSON.stringify(wasm)}));
    process.stdout.write(convert(${JSON.stringify(WEB)}).toml);`;
  const run = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
  assert.deepEqual([run.stdout, run.stderr], [TOML, ""]);
});

test("types do not hide what JavaScript itself calls so", () => {
  const types = readFileSync(fileURLToPath(new URL("./types.d.ts", import.meta.resolve("score-fly"))), "utf8");
  const names = [...types.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
  assert.ok(names.includes("ScoreRequest"));
  assert.deepEqual(names.filter((name) => name in globalThis), []);
});

test("each code is explained", () => {
  assert.ok(codes.length > 50);
  for (const code of codes) assert.match(explain(code), new RegExp(`^# ${code}\n`));
  assert.equal(explain("nonsense"), undefined);
  const { diagnostics } = scoreFly.check("[]");
  assert.ok(codes.includes(diagnostics[0].code));
});

test("the schemas are those of the files and requests", () => {
  assert.ok(schema.score.required.includes("containers"));
  assert.ok("Request" in schema.facade.$defs);
});

test("licences of all that is inside come along", () => {
  const path = fileURLToPath(new URL("../THIRD-PARTY-LICENSES", import.meta.resolve("score-fly")));
  const text = readFileSync(path, "utf8");
  const parts = text.split(/^-{78}$/m).slice(1);
  assert.ok(parts.length > 10, `${parts.length}`);
  for (const part of parts) {
    assert.match(part, /^\s*\S+ \d+\.\d+\.\d+\S*: \S+/);
    assert.ok(part.length > 400, part); // a licence, and not only its name
  }
  assert.doesNotMatch(text, /score-fly-core/);
});

/** Runs the command of the package. */
function command(...args) {
  const path = join(import.meta.dirname, "node_modules/.bin/score-fly");
  const { status, stdout, stderr } = spawnSync(path, args, { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

test("the command converts", () => {
  writeFileSync(join(folder, "score.yaml"), WEB.replace("nginx}", "., variables: {HOST: '${resources.db.host}', PASS: '${resources.db.password}'}}") + "resources: {db: {type: postgres}}\n");
  writeFileSync(join(folder, "outputs.yaml"), "db: {values: {host: h}, secrets: {password: hunter2}}\n");
  const flags = ["--outputs", "outputs.yaml", "--image", "nginx:2", "--region", "ams", "--override-property", "metadata.name=shop"];
  const expected = 'app = "shop"\nprimary_region = "ams"\n\n[build]\nimage = "nginx:2"\n\n[env]\nHOST = "h"\n';
  const shown = command("convert", "score.yaml", ...flags);
  assert.deepEqual([shown.status, shown.stdout], [0, expected]);
  assert.match(shown.stderr, /secrets PASS\b/);
  assert.doesNotMatch(shown.stderr, /hunter2/);
  assert.deepEqual([command("convert", "score.yaml", ...flags, "-o", "fly.toml").status], [0]);
  assert.equal(readFileSync(join(folder, "fly.toml"), "utf8"), expected);

  const failed = command("convert", "score.yaml", "-o", "never.toml");
  assert.deepEqual([failed.status, failed.stdout], [2, ""]);
  assert.match(failed.stderr, /^score\.yaml:4:13: error\[missing-resource-outputs\]: /m);
  assert.equal(existsSync(join(folder, "never.toml")), false);
});

test("the command reads the files that a workload names", () => {
  mkdirSync(join(folder, "app"));
  writeFileSync(join(folder, "app/motd"), "hello ${metadata.name}\n");
  writeFileSync(join(folder, "app/score.yaml"), WEB.replace("nginx}", "nginx, files: {/etc/motd: {source: motd}}}"));
  const shown = command("convert", "app/score.yaml");
  assert.equal(shown.status, 0, shown.stderr);
  assert.match(shown.stdout, /guest_path = "\/etc\/motd"\nraw_value = """\nhello web\n"""/);
});

test("the command checks Score files and fly.toml files", () => {
  writeFileSync(join(folder, "good.yaml"), WEB);
  writeFileSync(join(folder, "bad.yaml"), `${WEB}nonsense: 1\n`);
  writeFileSync(join(folder, "bad.toml"), 'app = "web"\nkill_timeout = true\n');
  assert.deepEqual(command("check", "good.yaml"), { status: 0, stdout: "", stderr: "" });
  const bad = command("check", "good.yaml", "bad.yaml", "bad.toml");
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /^bad\.yaml:4:1: error\[unknown-field\]: /m);
  assert.match(bad.stderr, /^bad\.toml:2:\d+: error\[/m);
});

test("the command says what is wrong with its own line", () => {
  assert.match(command("--version").stdout, new RegExp(`^score-fly ${packageJson.version}\n$`));
  assert.match(command("--help").stdout, /score-fly convert/);
  for (const line of [["nonsense"], ["convert"], ["convert", "none.yaml"], ["convert", "--nope", "x"], ["check"]]) {
    const { status, stdout, stderr } = command(...line);
    assert.deepEqual([status, stdout], [1, ""], String(line));
    assert.match(stderr, /^error: /);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
  const piped = execFileSync(process.execPath, [join(import.meta.dirname, "node_modules/score-fly/dist/cli.js"), "convert", "-"], { input: WEB, encoding: "utf8" });
  assert.equal(piped, TOML);
  assert.equal(pathToFileURL(wasm).protocol, "file:");
});
