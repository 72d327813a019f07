// Runs the README's program, and compares what it prints with what the README says.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const readme = readFileSync(process.argv[2], "utf8");
const [, program] = readme.match(/```js\n(.*?)```/s);
const [, expected] = readme.match(/It prints:\n\n```toml\n(.*?)```/s);
writeFileSync("readme-example.js", program);
assert.equal(execFileSync(process.execPath, ["readme-example.js"], { encoding: "utf8" }), expected);
console.log("the README's example prints what it says");
