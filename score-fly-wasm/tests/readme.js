// Runs the README's programs, and compares what each prints with what the README says.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const readme = readFileSync(process.argv[2], "utf8");
const programs = [...readme.matchAll(/```js\n(.*?)```\n\nIt prints:\n\n```\w+\n(.*?)```/gs)];
assert.equal(programs.length, readme.match(/```js\n/g).length);
for (const [, program, expected] of programs) {
  writeFileSync("readme-example.js", program);
  assert.equal(execFileSync(process.execPath, ["readme-example.js"], { encoding: "utf8" }), expected);
}
console.log(`the README's ${programs.length} examples print what it says`);
