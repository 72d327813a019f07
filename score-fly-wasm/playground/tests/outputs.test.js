// The form and the text of outputs say the same.

import assert from "node:assert/strict";
import { test } from "node:test";

import { converted, editor, eventually, output, pages, toml, WITH_DATABASE } from "./page.js";

const opened = pages();

/** A page with a workload that uses `host` and `password` of `db`, and these outputs. */
const page = (outputs, test) =>
  opened(async (page) => {
    await editor(page, "score").write(WITH_DATABASE);
    await editor(page, "outputs").write(outputs);
    await converted(page);
    await test(page, async (expected) => eventually(async () => assert.equal(await editor(page, "outputs").text(), expected)));
  });

test("typing in the form writes the text", page("", async (page, reads) => {
  await output(page, "db", "host").pressSequentially("db.internal");
  await reads("db:\n  values:\n    host: db.internal\n");
  await output(page, "db", "password").fill("p w: #1");
  await reads('db:\n  values:\n    host: db.internal\n  secrets:\n    password: "p w: #1"\n');
  await eventually(async () => assert.match(await toml(page), /HOST = "db.internal"/));
  await output(page, "db", "host").fill("");
  await output(page, "db", "password").fill("");
  await reads("");
}));

test("typing in the text fills the form", page("db:\n  values: {host: one}\n  secrets: {password: two}\n", async (page) => {
  await eventually(async () => assert.equal(await output(page, "db", "host").inputValue(), "one"));
  assert.equal(await output(page, "db", "password").inputValue(), "two");
  assert.equal(await output(page, "db", "password").getAttribute("type"), "password");
  assert.equal(await output(page, "db", "host").getAttribute("type"), "text");
  await editor(page, "outputs").write("db: {host: three, color: red}\n");
  await eventually(async () => assert.equal(await output(page, "db", "host").inputValue(), "three"));
  // What else is given has a field too.
  assert.equal(await output(page, "db", "color").inputValue(), "red");
}));

test("comments, order and other resources stay", page(
  "# ours\nother: {a: 1}\ndb:\n  values:\n    port: 1 # the port\n    host: old\n",
  async (page, reads) => {
    await output(page, "db", "host").fill("new");
    await reads("# ours\nother: {a: 1}\ndb:\n  values:\n    port: 1 # the port\n    host: new\n");
    await page.locator("#resources details").evaluate((details) => {
      details.open = true;
    });
    await output(page, "db", "port").fill("2");
    await reads("# ours\nother: {a: 1}\ndb:\n  values:\n    port: 2 # the port\n    host: new\n");
    await output(page, "db", "host").fill("with: colon");
    await reads('# ours\nother: {a: 1}\ndb:\n  values:\n    port: 2 # the port\n    host: "with: colon"\n');
  },
));

test("a bare map becomes explicit when a secret joins it", page("db:\n  host: h\n", async (page, reads) => {
  await output(page, "db", "password").fill("secret");
  await reads("db:\n  values:\n    host: h\n  secrets:\n    password: secret\n");
}));

test("JSON stays JSON", page('{"db": {"values": {"host": "h"}}}', async (page, reads) => {
  await output(page, "db", "password").fill("secret");
  await reads(`${JSON.stringify({ db: { values: { host: "h" }, secrets: { password: "secret" } } }, null, 2)}\n`);
}));

test("outputs under a uid are changed there", page("postgres.default#web.db: {host: h}\n", async (page, reads) => {
  await output(page, "db", "host").fill("other");
  await reads("postgres.default#web.db: {host: other}\n");
}));

test("values keep their meaning", page("", async (page) => {
  for (const value of ["no", "1e3", "0123", "2024-01-01", "~", "a: b", " x ", "#x", "'", '"', "\\n", "5432", "*a", "=", "12345678901234567890"]) {
    await output(page, "db", "host").fill(value);
    const copied = async () => {
      await page.click("#copy-toml");
      return page.evaluate(() => navigator.clipboard.readText());
    };
    await output(page, "db", "password").fill("set");
    await eventually(async () => {
      const shown = /HOST = (.*)/.exec(await copied())?.[1] ?? "";
      assert.equal(shown.startsWith("'") ? shown.slice(1, -1) : JSON.parse(shown), value);
    });
  }
}));

test("an output can be made secret, and public again", page("db: {values: {host: h}, secrets: {password: p}}", async (page, reads) => {
  const lock = page.getByRole("button", { name: "db.host is secret" });
  await eventually(async () => assert.equal(await lock.getAttribute("aria-pressed"), "false"));
  await lock.click();
  await reads("db: {secrets: {password: p, host: h}}\n");
  assert.equal(await output(page, "db", "host").getAttribute("type"), "password");
  await eventually(async () => assert.doesNotMatch(await toml(page), /HOST/));
  await lock.click();
  await reads("db: {secrets: {password: p}, values: {host: h}}\n");
}));

test("a text that can't be read is left alone", page("db: [\n", async (page, reads) => {
  await eventually(async () => assert.equal(await output(page, "db", "host").isDisabled(), true));
  assert.equal(await page.locator("#outputs-unreadable").isVisible(), true);
  await reads("db: [\n");
}));
