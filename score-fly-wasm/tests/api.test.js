// The public API, from the installed package.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  check,
  checkFly,
  convert,
  decode,
  flyNeeds,
  importFly,
  init,
  machineConfig,
  needs,
  requirements,
  version,
} from "score-fly";
import { plan, stamp } from "score-fly/deploy";
import packageJson from "score-fly/package.json" with { type: "json" };

const score = (text) => ({ score: { name: "score.yaml", text } });

const WEB = `apiVersion: score.dev/v1b1
metadata:
  name: web
containers:
  main:
    image: nginx
    variables:
      PASSWORD: \${resources.db.password}
resources:
  db:
    type: postgres
`;

test("converts, with secrets apart", () => {
  const answer = convert({ ...score(WEB), outputs: { db: { secrets: { password: "hunter2" } } } });
  assert.equal(answer.status, "success");
  assert.equal(answer.toml, 'app = "web"\n\n[build]\nimage = "nginx"\n');
  assert.deepEqual(answer.secrets, { PASSWORD: "hunter2" });
});

test("reports every mistake, counted as JavaScript counts", () => {
  const text = WEB.replace("image: nginx", 'image: nginx # é🎉\n    imge: "x"');
  const answer = check(score(text));
  assert.equal(answer.status, "failure");
  const [diagnostic] = answer.diagnostics;
  assert.equal(diagnostic.code, "unknown-field");
  assert.equal(text.slice(diagnostic.location.start.offset, diagnostic.location.end.offset), "imge");
  const [{ location }] = check({ ...score(text), positionEncoding: "utf-8" }).diagnostics;
  assert.equal(location.start.offset, Buffer.byteLength(text.slice(0, diagnostic.location.start.offset)));
});

test("reads what a machine says about its release", () => {
  // As `GET /v1/apps/shop/machines` shows it.
  const metadata = {
    fly_platform_version: "v2",
    fly_process_group: "app",
    fly_release_version: "9",
    score_fly_version: "1.4.2",
    score_fly_revision: "5a7c9d1",
    score_fly_deploy: "01JABC.3287eeeb342085",
  };
  const answer = stamp({ id: "3287eeeb342085", state: "started", config: { image: "nginx", metadata } });
  assert.equal(answer.status, "success");
  const { release, version, revision, deploy, note } = answer.stamp;
  assert.deepEqual([release, version, revision, deploy, note], [9, "1.4.2", "5a7c9d1", "01JABC", null]);
  assert.deepEqual(stamp(metadata), answer);
  assert.equal(stamp({ config: { metadata: {} } }).stamp, null);
  const itself = {};
  itself.itself = itself;
  assert.deepEqual([stamp(itself).status, stamp(undefined).status], ["failure", "failure"]);
});

test("plans a deploy, of what there is at Fly", () => {
  const config = { name: "fly.toml", text: 'app = "web"\nprimary_region = "fra"\n[build]\nimage = "nginx@sha256:ab"\n' };
  const first = plan({ config, options: { organization: "acme", scale: { ha: false } } });
  assert.equal(first.status, "success");
  assert.deepEqual(first.plan.steps.map(({ action, target }) => `${action} ${target}`), ["createApp web", "createMachine app/1"]);
  // As `GET /v1/apps/web/machines` shows a machine that flyctl made from another image.
  const machine = {
    id: "3287eeeb342085",
    state: "started",
    region: "fra",
    instance_id: "01JABC",
    config: {
      image: "nginx@sha256:aa",
      env: { FLY_PROCESS_GROUP: "app", PRIMARY_REGION: "fra" },
      metadata: { fly_platform_version: "v2", fly_process_group: "app" },
    },
    host_status: "ok",
  };
  const { plan: update } = plan({ config, observed: { app: { name: "web" }, machines: [machine] } });
  assert.deepEqual(update.steps.map(({ action, impact }) => `${action}: ${impact}`), ["updateMachine: downtime"]);
  assert.deepEqual(update.steps[0].changes.map(({ pointer }) => pointer), ["/image"]);
  const { diagnostics } = plan({ config: { ...config, text: 'app = "web"\nbuild = 3\n' } });
  assert.deepEqual(diagnostics.map(({ severity, location }) => [severity, location?.start.line]), [["error", 2]]);
  assert.equal(plan(undefined).status, "failure");
});

test("a text alone is the file that is meant", () => {
  const [{ location }] = check(WEB.replace("image", "imge")).diagnostics;
  assert.deepEqual([location.source, location.start.line], ["score.yaml", 6]);
  assert.deepEqual(requirements(WEB), requirements(score(WEB)));
  assert.deepEqual(needs(WEB), needs(score(WEB)));
  assert.equal(checkFly("kill_timeout = 5\n").fixed, 'kill_timeout = "5s"\n');
  assert.deepEqual(flyNeeds(FLY).files.map(({ path }) => path), ["motd.txt"]);
  assert.equal(machineConfig('app = "a"\n[build]\nimage = "i"\n').machine.image, "i");
  assert.match(importFly('app = "shop"\n[build]\nimage = "i"\n').score, /name: shop\n/);
});

test("bytes become the text that is meant", () => {
  assert.equal(decode("a", new TextEncoder().encode("é🎉")).text, "é🎉");
  assert.equal(decode("a", Buffer.from("\ufeffé🎉", "utf16le")).text, "é🎉");
  assert.equal(decode("a", new Uint8Array([97, 98]).buffer).text, "ab");
  assert.deepEqual(decode("a.yaml", new Uint8Array([255])).status, "failure");
});

test("lists what is needed", () => {
  const answer = requirements(score(WEB));
  assert.equal(answer.status, "success");
  assert.deepEqual(
    answer.requirements.resources.map(({ name, uid, outputs }) => [name, uid, outputs]),
    [["db", "postgres.default#web.db", ["password"]]],
  );
});

const fly = (text) => ({ config: { name: "fly.toml", text } });

const FLY = `app = "web"

[build]
image = "nginx"

[processes]
web = "serve"
job = "work --all"

[[files]]
guest_path = "/etc/motd"
local_path = "motd.txt"
`;

test("finds mistakes in fly.toml, and mends them", () => {
  const text = `# ours\nkill_timeout = 5\n${FLY}`;
  const answer = checkFly(fly(text));
  assert.deepEqual(answer.files, ["motd.txt"]);
  const [{ code, location }] = answer.diagnostics;
  assert.deepEqual([code, location.start.line], ["implied-unit", 2]);
  assert.equal(answer.fixed, text.replace("= 5", '= "5s"'));
  const missing = checkFly({ ...fly(FLY), files: { "motd.txt": null } });
  assert.deepEqual(missing.diagnostics.map(({ code }) => code), ["missing-source-file"]);
  assert.equal(checkFly(fly(FLY)).status, "success");
});

test("makes the machine config of a process group", () => {
  const answer = machineConfig({ ...fly(FLY), group: "job", files: { "motd.txt": { text: "hello\n" } } });
  assert.equal(answer.status, "success");
  const { image, init, files, metadata } = answer.machine;
  assert.equal(image, "nginx");
  assert.deepEqual(init, { cmd: ["work", "--all"] });
  assert.deepEqual(files, [{ guest_path: "/etc/motd", raw_value: "aGVsbG8K" }]);
  assert.equal(metadata.fly_process_group, "job");
  assert.deepEqual(machineConfig(fly(FLY)).diagnostics.map(({ code }) => code), ["missing-source-file"]);
});

test("makes a Score file of a fly.toml that becomes the same app", () => {
  const toml = 'app = "web"\n\n[experimental]\nentrypoint = ["tini"]\n\n[build]\nimage = "nginx"\n';
  const answer = importFly(fly(toml));
  assert.equal(answer.status, "success");
  assert.match(answer.score, /^apiVersion: score\.dev\/v1b1\n/);
  assert.deepEqual(answer.diagnostics.map(({ code }) => code), ["kept-as-config"]);
  assert.deepEqual(convert(score(answer.score)).toml, toml);
  assert.deepEqual(importFly(fly("app = [")).diagnostics.map(({ code }) => code), ["invalid-fly-config"]);
});

// Answers what a request lacks from `contents` until it lacks nothing more, and gives the paths.
function supply(ask, request, contents) {
  const asked = [];
  request.files = {};
  for (let answer = ask(request); answer.files.length > 0; answer = ask(request)) {
    for (const { path } of answer.files) {
      asked.push(path);
      request.files[path] = contents[path] ?? null;
    }
  }
  return asked;
}

test("asks for files until all are known", () => {
  const text = WEB.replace(
    "resources:\n",
    "    files:\n      /etc/motd: {source: motd.txt}\n  side:\n    image: side\nresources:\n",
  );
  const request = score(text);
  const motd = { text: "It is ${resources.db.host}\n" };
  assert.deepEqual(needs(request).files, [{ path: "motd.txt", from: ["score"] }]);
  assert.deepEqual(supply(needs, request, { "motd.txt": motd }), ["motd.txt"]);
  // Which outputs a file refers to shows only in its content.
  assert.deepEqual(needs(request).resources.map(({ name, outputs }) => [name, outputs]), [["db", ["host", "password"]]]);
  request.outputs = { db: { values: { host: "h" }, secrets: { password: "p" } } };
  assert.deepEqual(needs(request).resources, []);
  const app = convert(request);
  assert.equal(app.status, "success");

  // The containers stand in a file of their own, and name further ones.
  const toml = fly(app.toml);
  assert.deepEqual(supply(flyNeeds, toml, app.files).sort(), Object.keys(app.files).sort());
  assert.equal(Object.keys(app.files).length, 2);
  assert.deepEqual(checkFly(toml).diagnostics, []);
  const { machine } = machineConfig(toml);
  const [file] = machine.containers.find(({ name }) => name === "main").files;
  assert.equal(atob(file.raw_value), "It is h\n");
});

test("never throws on bad input", () => {
  const circular = {};
  circular.self = circular;
  const unreadable = { get score() { throw new Error("no"); } };
  for (const request of [undefined, null, 5, [], {}, { score: 5 }, circular, unreadable, 5n, () => {}, Symbol("x"), { ...score(WEB), nope: 1 }]) {
    for (const operation of [convert, check, requirements, needs, checkFly, machineConfig, importFly, flyNeeds]) {
      const answer = operation(request);
      assert.equal(answer.status, "failure");
      // One for each mistake in it.
      assert.deepEqual([...new Set(answer.diagnostics.map(({ code }) => code))], ["invalid-request"]);
    }
  }
  assert.equal(convert(score("\ud800")).status, "failure"); // a lone surrogate is no text
});

test("there is nothing to wait for in Node, and waiting does no harm", async () => {
  await init();
  await init();
  assert.equal(version(), packageJson.version);
});

test("ten thousand conversions do not grow the memory", async () => {
  const { initSync } = await import(new URL("./glue.js", import.meta.resolve("score-fly")));
  const { memory } = initSync(); // the instance that is running
  const request = { ...score(WEB), outputs: { db: { secrets: { password: "hunter2" } } } };
  for (let index = 0; index < 100; index += 1) convert(request);
  const before = memory.buffer.byteLength;
  for (let index = 0; index < 10_000; index += 1) convert(request);
  assert.equal(memory.buffer.byteLength, before);
});
