// The shared cases, through the installed package in Node.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { convert } from "score-fly";

import { run } from "./cases.js";

const cases = pathToFileURL(`${process.env.FIXTURES}/cases/`);

test("every shared case", async () => {
  const folders = await readdir(cases, { recursive: true });
  const expected = folders.filter((path) => path.endsWith("case.json")).length;
  const { ran, differences } = await run(convert, (path) => readFile(new URL(path, cases), "utf8"));
  assert.deepEqual(differences, []);
  assert.equal(ran, expected);
  assert.ok(ran >= 80);
});
