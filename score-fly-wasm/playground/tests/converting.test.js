// Typing, mistakes, examples and results.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { crc32 } from "node:zlib";

import { converted, editor, eventually, example, machine, MINIMAL, output, pages, toml, WITH_DATABASE } from "./page.js";

const page = pages();

async function downloaded(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}

test("starts with an example that converts", page(async (page) => {
  assert.match(await toml(page), /^app = "web"\n/);
  assert.equal(await page.locator("#problems").isVisible(), false);
}));

test("typing converts", page(async (page) => {
  await editor(page, "score").write(MINIMAL.replace("nginx", "nginx:1.29"));
  await eventually(async () => assert.equal(await toml(page), 'app = "web"\n\n[build]\nimage = "nginx:1.29"\n'));
  assert.equal(await page.inputValue("#example"), "");
}));

test("overrides and options have their say", page(async (page) => {
  await editor(page, "score").write(MINIMAL.replace("nginx", "."));
  await editor(page, "overrides").write("metadata:\n  name: shop\n");
  await page.fill("#option-app-prefix", "acme-");
  await page.fill("#option-region", "ams");
  await page.fill("#option-image", "nginx:2");
  const expected = 'app = "acme-shop"\nprimary_region = "ams"\n\n[build]\nimage = "nginx:2"\n';
  await eventually(async () => assert.equal(await toml(page), expected));
  await page.click("#more-options summary");
  await page.fill("#option-properties", "metadata.name=market\n");
  await page.fill("#option-existing", '# ours\napp = "old"\n\n[[statics]]\nguest_path = "/s"\nurl_prefix = "/s/"\n');
  await eventually(async () => assert.match(await toml(page), /^# ours\napp = "acme-market"\n[^]*\[\[statics\]\]/));
  await page.selectOption("#option-containers", "always");
  await eventually(async () => assert.match(await toml(page), /machine_config/));
}));

test("a mistake is marked, explained, and led to", page(async (page) => {
  const score = editor(page, "score");
  await score.write(MINIMAL.replace("    image: nginx", '    image: "é🎉" # 🎉\n    imge: nginx'));
  await converted(page, /^1 error$/);
  const mark = page.locator("#editor-score .cm-lintRange-error");
  assert.equal(await mark.textContent(), "imge");
  assert.equal(await page.locator("#tab-score .badge").textContent(), "1");

  await mark.hover();
  const tooltip = page.locator("#editor-score .cm-tooltip");
  await tooltip.waitFor();
  assert.match(await tooltip.textContent(), /imge.*unknown-field/s);

  // From another tab, by keyboard.
  await page.click("#tab-overrides");
  const problem = page.locator(".problem-line");
  assert.match(await problem.textContent(), /score\.yaml:7:5/);
  await problem.press("Enter");
  assert.equal(await page.getAttribute("#tab-score", "aria-selected"), "true");
  await page.keyboard.insertText("here:");
  await eventually(async () => assert.match(await score.text(), /\n    here:imge: nginx\n/));
}));

test("a mistake in overrides or outputs is marked in theirs", page(async (page) => {
  await editor(page, "score").write(MINIMAL);
  await editor(page, "overrides").write("containers:\n  main:\n    imge: x\n");
  await converted(page, /^1 error$/);
  assert.equal(await page.locator("#editor-overrides .cm-lintRange-error").textContent(), "imge");
  assert.equal(await page.locator("#editor-score .cm-lintRange-error").count(), 0);
  await editor(page, "overrides").write("");
  await editor(page, "outputs").write("db: 5\n");
  await converted(page, /^1 error$/);
  assert.equal(await page.locator("#tab-outputs .badge").textContent(), "1");
}));

test("each code has its page", page(async (page) => {
  await example(page, "score/ten-mistakes");
  await converted(page, /^10 errors$/);
  for (const link of await page.locator("#problems .problem-code").all()) {
    const code = await link.textContent();
    await link.click();
    assert.equal(await page.locator("#explain-title").textContent(), code);
    assert.match(await page.locator("#explain-page").textContent(), /\w{3}/);
    assert.equal(
      await page.getAttribute("#explain-link", "href"),
      `https://github.com/score-fly/score-fly/blob/main/docs/diagnostics/${code}.md`,
    );
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#explain").isVisible(), false);
  }
}));

test("a result that is out of date says so, and can't be taken", page(async (page) => {
  const before = await toml(page);
  await editor(page, "score").write("nonsense: 1\n");
  await converted(page, /error/);
  assert.match(await page.locator("#result-stale").innerText(), /have 4 errors: .*nonsense/);
  assert.equal(await page.locator("#copy-toml").isDisabled(), true);
  assert.equal(await toml(page), before);
  await example(page, "idioms/kubernetes");
  await eventually(async () => assert.match(await page.locator("#panel-toml #nothing").innerText(), /no fly\.toml yet/));
  assert.match(await page.locator("#nothing .page").innerText(), /Instead/, "the page of the first mistake's code");
  assert.equal(await page.locator("#toml").isVisible(), false);
}));

test("every example can be chosen, and does what its fixture does", page(async (page) => {
  const values = await page.locator("#example option").evaluateAll((options) => options.map(({ value }) => value));
  // Functions are no fixtures: see functions.test.js.
  const examples = values.filter((value) => value !== "" && !value.startsWith("function/"));
  assert.ok(examples.length >= 8, `there are ${examples.length} examples`);
  const cases = new URL("../../../fixtures/cases/", import.meta.url);
  for (const name of examples) {
    const expected = JSON.parse(await readFile(new URL(`${name}/expected.json`, cases)));
    await example(page, name);
    await eventually(async () => {
      assert.equal(await page.locator(".problem").count(), expected.diagnostics.length, name);
      assert.equal(await page.locator("#result").evaluate((node) => node.classList.contains("nothing")), expected.status === "failure", name);
    });
    if (expected.status === "failure") continue;
    const expectedToml = await readFile(new URL(`${name}/expected.toml`, cases), "utf8");
    const copied = async () => {
      await page.click("#copy-toml");
      return page.evaluate(() => navigator.clipboard.readText());
    };
    await eventually(async () => assert.equal(await copied(), expectedToml, name));
    assert.equal(await page.locator("#machine-refused").getAttribute("hidden"), "", name);
  }
}));

test("secrets stay hidden until revealed", page(async (page) => {
  await editor(page, "score").write(WITH_DATABASE);
  await editor(page, "outputs").write("db:\n  values: {host: h}\n  secrets: {password: correct-horse}\n");
  await page.click("#tab-secrets");
  const secrets = page.locator("#panel-secrets");
  await eventually(async () => assert.match(await secrets.textContent(), /PASSWORD/));
  assert.doesNotMatch(await page.locator("#result").innerText(), /correct-horse/);
  assert.doesNotMatch(await toml(page), /correct-horse/);

  // Copying needs no revealing.
  await page.click("#copy-secrets");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'PASSWORD="""correct-horse"""\n');
  assert.deepEqual(await downloaded(page, "#download-secrets"), {
    name: "secrets.env",
    content: Buffer.from('PASSWORD="""correct-horse"""\n'),
  });

  await page.click("#reveal");
  assert.equal(await page.locator(".secrets dd").textContent(), "correct-horse");
  assert.match(await page.locator(".secrets-text").textContent(), /PASSWORD="""correct-horse"""/);
  await page.click("#reveal");
  assert.doesNotMatch(await secrets.textContent(), /correct-horse/);
}));

test("fly.toml and side files can be taken along", page(async (page) => {
  await example(page, "files/content");
  await eventually(async () => assert.equal(await page.locator("#tab-files .badge").textContent(), "1"));
  const { name, content } = await downloaded(page, "#download-toml");
  assert.equal(name, "fly.toml");
  assert.match(content.toString(), /^app = "web"\n/);

  await page.click("#tab-files");
  assert.equal(await page.locator(".side-file pre").textContent(), "hello web\né\n");
  const zipped = await downloaded(page, "#download-files");
  assert.equal(zipped.name, "web.zip");
  assert.deepEqual(unzip(zipped.content), {
    "fly.toml": content.toString(),
    "fly_web_files/etc/motd": "hello web\né\n",
  });
}));

test("the machine is what flyctl would send, side files included", page(async (page) => {
  const limits = "    resources:\n      limits: {cpu: \"2\", memory: 1G}\n";
  await editor(page, "score").write(`${MINIMAL}    files:\n      /etc/motd: {content: "hello ${"${metadata.name}"}"}\n${limits}`);
  await converted(page, /no problems/);
  await page.click("#tab-machine");
  const expected = {
    image: "nginx",
    files: [{ guest_path: "/etc/motd", raw_value: Buffer.from("hello web").toString("base64") }],
    guest: { cpu_kind: "shared", cpus: 2, memory_mb: 1024 },
  };
  await eventually(async () => {
    const { image, files, guest } = await machine(page);
    assert.deepEqual({ image, files, guest }, expected);
  });
  await page.click("#copy-machine");
  const { name, content } = await downloaded(page, "#download-machine");
  assert.equal(name, "machine.json");
  assert.deepEqual(JSON.parse(content), await machine(page));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), content.toString());
}));

test("what is required is listed, even if it is missing", page(async (page) => {
  await example(page, "placeholders/missing-outputs");
  await converted(page, /^1 error$/);
  await page.click("#tab-requirements");
  assert.match(await page.locator("#requirements").innerText(), /db\s+postgres\s+postgres\.default#web\.db\s+host, port/);
}));

test("files that the workload mounts have a field each", page(async (page) => {
  await editor(page, "score").write(`${MINIMAL}    files:\n      /etc/a: {source: ./a.txt}\n      /etc/b: {source: ./a.txt}\n`);
  const field = page.getByLabel("./a.txt");
  await field.fill("for ${metadata.name}");
  await page.click("#tab-files");
  await eventually(async () => assert.match(await page.locator("#files").innerText(), /for web/));
  assert.equal(await page.locator("#resources textarea").count(), 1);
  await page.click("#options"); // away from the field
  await example(page, "score/minimal");
  await eventually(async () => assert.equal(await page.locator("#resources textarea").count(), 0));
}));

test("fields wait for what the workload needs", page(async (page) => {
  await example(page, "placeholders/missing-outputs");
  await eventually(async () => assert.equal(await page.locator("#resources .wanted").count(), 2));
  await page.click("#samples");
  await converted(page, /no problems/);
  assert.equal(await output(page, "db", "port").inputValue(), "5432");
  assert.match(await toml(page), /B = "5432"/);
  assert.equal(await page.locator("#samples").isVisible(), false);
}));

test("what is read stays where it is scrolled to", page(async (page) => {
  const ports = Array.from({ length: 30 }, (_, index) => `    p${index}: {port: ${8000 + index}}\n`).join("");
  const score = `${MINIMAL}service:\n  ports:\n${ports}`;
  await editor(page, "score").write(score);
  await eventually(async () => assert.match(await toml(page), /internal_port = 8000/));
  const scroller = page.locator("#toml .cm-scroller");
  await scroller.evaluate((node) => node.scrollTo(0, 900));
  await editor(page, "score").content.press("Control+End");
  await page.keyboard.insertText("    last: {port: 9000}\n");
  await eventually(async () => {
    await page.click("#copy-toml");
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /internal_port = 9000/);
  });
  assert.equal(await scroller.evaluate((node) => node.scrollTop), 900);
}));

test("an own file does not run on what an example came with", page(async (page) => {
  await page.fill("#option-region", "fra"); // the visitor's, though the rest is the example's
  await editor(page, "score").write(WITH_DATABASE);
  await converted(page, /^1 error$|^2 errors$/);
  assert.match(await page.locator("#toast").innerText(), /values and options went/);
  await editor(page, "outputs").show();
  assert.equal(await editor(page, "outputs").text(), "");
  assert.equal(await page.locator(".hint.example-description").first().isVisible(), false);
  // But a change of the example keeps them.
  await example(page, "idioms/everything");
  await converted(page, /no problems/);
  await editor(page, "score").show();
  await editor(page, "score").content.press("Control+Home");
  await page.keyboard.insertText("# mine\n");
  await converted(page, /no problems/);
}));

test("an example asks before it takes the place of own work, which can be had back", page(async (page) => {
  await editor(page, "score").write(MINIMAL.replace("name: web", "name: mine"));
  await eventually(async () => assert.match(await toml(page), /^app = "mine"/));
  await page.selectOption("#example", "score/minimal");
  await page.locator("#replace button", { hasText: "Cancel" }).click();
  await eventually(async () => assert.equal(await page.inputValue("#example"), ""));
  assert.match(await toml(page), /^app = "mine"/);
  await page.selectOption("#example", "score/minimal");
  await page.locator("#replace .primary").click();
  await eventually(async () => assert.match(await toml(page), /^app = "web"/));
  await page.selectOption("#example", "");
  await eventually(async () => assert.match(await toml(page), /^app = "mine"/));
}));

test("what could not be read is not said to need nothing", page(async (page) => {
  await example(page, "idioms/kubernetes");
  await converted(page, /error/);
  assert.match(await page.locator("#no-needs").innerText(), /once the Score file can be read/);
  assert.equal(await page.locator("#tab-requirements .badge").textContent(), "");
  await example(page, "score/minimal");
  await eventually(async () => assert.match(await page.locator("#no-needs").innerText(), /Nothing to fill in/));
}));

/** The files of an archive without compression, each checked. */
function unzip(archive) {
  const files = {};
  let at = 0;
  while (archive.readUInt32LE(at) === 0x04034b50) {
    const [crc, size, nameLength] = [archive.readUInt32LE(at + 14), archive.readUInt32LE(at + 18), archive.readUInt16LE(at + 26)];
    const name = archive.subarray(at + 30, at + 30 + nameLength).toString();
    const content = archive.subarray(at + 30 + nameLength, at + 30 + nameLength + size);
    assert.equal(crc32(content), crc, name);
    files[name] = content.toString();
    at += 30 + nameLength + size;
  }
  const end = archive.length - 22;
  assert.equal(archive.readUInt32LE(end), 0x06054b50);
  assert.equal(archive.readUInt16LE(end + 10), Object.keys(files).length);
  assert.equal(archive.readUInt32LE(end + 16), at, "where the directory starts");
  assert.equal(archive.readUInt32LE(at), 0x02014b50);
  return files;
}
