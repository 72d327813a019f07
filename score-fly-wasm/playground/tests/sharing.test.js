// Links, drafts and the theme: what is kept, and where.

import assert from "node:assert/strict";
import { test } from "node:test";

import { converted, editor, eventually, example, MINIMAL, output, pages, toml, WITH_DATABASE } from "./page.js";

const page = pages();
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
const SECRET = "correct-horse";

async function opened(context, link) {
  const page = await context.newPage();
  await page.goto(link);
  await converted(page);
  return page;
}

test("a link brings everything back", page(async (page, context) => {
  await editor(page, "score").write(`${MINIMAL}    files:\n      /etc/a: {source: ./ä.txt}\n`);
  await editor(page, "overrides").write("metadata: {name: shop}\n");
  await editor(page, "outputs").write("");
  await page.getByLabel("./ä.txt").fill("grüße ${metadata.name} 🎉");
  await page.fill("#option-region", "ams");
  await page.check("#option-inline-files");
  await converted(page, /no problems/);
  await eventually(async () => assert.match(await toml(page), /raw_value/));
  await page.click("#share");
  await eventually(async () => assert.match(await clipboard(page), /#1\.[\w-]+$/));

  const other = await opened(context, await clipboard(page));
  assert.equal(await editor(other, "score").text(), await editor(page, "score").text());
  assert.equal(await other.getByLabel("./ä.txt").inputValue(), "grüße ${metadata.name} 🎉");
  assert.equal(await other.inputValue("#option-region"), "ams");
  assert.equal(await other.isChecked("#option-inline-files"), true);
  assert.equal(await toml(other), await toml(page));
  assert.match(await toml(other), /^app = "shop"\n/);

  // An edit makes it another thing than the link.
  await editor(other, "score").write(MINIMAL);
  await eventually(() => assert.equal(new URL(other.url()).hash, ""));
}));

test("secrets go into a link only when told to", page(async (page, context) => {
  await editor(page, "score").write(WITH_DATABASE);
  await editor(page, "outputs").write(`db: # was ${SECRET}\n  values: {host: h}\n  secrets: {password: ${SECRET}}\n`);
  await page.evaluate(() => navigator.clipboard.writeText("nothing"));
  await page.click("#share");
  assert.match(await page.locator("#share-warning").innerText(), /1 secret\b/);
  await page.keyboard.press("Escape");
  assert.equal(await clipboard(page), "nothing");

  await page.click("#share");
  await page.click("#share-without");
  await eventually(async () => assert.match(await clipboard(page), /#1\./));
  const without = await opened(context, await clipboard(page));
  await without.click("#tab-outputs");
  assert.doesNotMatch(await editor(without, "outputs").text(), new RegExp(SECRET));
  assert.equal(await output(without, "db", "host").inputValue(), "h");
  assert.match(await output(without, "db", "password").getAttribute("class"), /wanted/, "whoever gets it is asked");

  await page.click("#share");
  await page.click("#share-with");
  await eventually(async () => assert.notEqual(await clipboard(page), without.url()));
  const withSecrets = await opened(context, await clipboard(page));
  await withSecrets.click("#tab-outputs");
  assert.match(await editor(withSecrets, "outputs").text(), new RegExp(SECRET));
}));

test("the link can be copied by hand where the page may not", page(async (page) => {
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("denied"));
  });
  await example(page, "score/minimal");
  await page.click("#share");
  await page.locator("#share-link").waitFor();
  assert.match(await page.inputValue("#share-link-text"), /#1\.[\w-]+$/);
}));

test("links of another format, and broken ones, are answered kindly", page(async (page, context, url) => {
  for (const [hash, answer] of [["#2.abc", /newer version/], ["#1.AAAA", /incomplete/], ["#1.!!", /incomplete/]]) {
    const other = await opened(context, url + hash);
    assert.match(await other.locator("#notice").innerText(), answer);
    assert.match(await toml(other), /^app = /, "the page works all the same");
    await other.close();
  }
  await page.evaluate(() => {
    location.hash = "#2.abc";
  });
  await page.locator("#notice").waitFor();
}));

test("a reload keeps what was typed, another tab does not have it", page(async (page, context, url) => {
  await editor(page, "score").write(MINIMAL.replace("name: web", "name: kept"));
  await eventually(async () => assert.match(await toml(page), /^app = "kept"/));
  await page.reload();
  await converted(page);
  await eventually(async () => assert.match(await toml(page), /^app = "kept"/));
  assert.match(await toml(await opened(context, url)), /^app = "web"/);
}));

const background = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

for (const [scheme, other] of [["light", "dark"], ["dark", "light"]]) {
  test(`the theme is the system's (${scheme}), until it is chosen`, page(async (page) => {
    const system = await background(page);
    await page.getByRole("button", { name: `Switch to the ${other} theme` }).click();
    const chosen = await background(page);
    assert.notEqual(chosen, system);
    await page.reload();
    await converted(page);
    assert.equal(await background(page), chosen);
    await page.getByRole("button", { name: `Switch to the ${scheme} theme` }).click();
    assert.equal(await background(page), system);
    await page.emulateMedia({ colorScheme: other });
    assert.equal(await background(page), chosen, "it follows the system again");
  }, { colorScheme: scheme }));
}
