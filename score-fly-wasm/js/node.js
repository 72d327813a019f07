// The entry for Node: the first call loads the WebAssembly, so that there is nothing to wait for.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { operations } from "./api.js";
import start, { initSync } from "./glue.js";

let ready = false;

function load() {
  if (ready) return;
  // Not `new URL("./score_fly.wasm", import.meta.url)`: bundlers make an address of that, which can't be read.
  const path = join(dirname(fileURLToPath(import.meta.url)), "score_fly.wasm");
  let module;
  try {
    module = readFileSync(path);
  } catch (cause) {
    const instead = "copy it there from score-fly/dist, give its bytes to `init`, or import score-fly/inline";
    throw new Error(`score-fly can't read ${path}: ${instead}`, { cause });
  }
  initSync({ module });
  ready = true;
}

export async function init(source) {
  if (source === undefined || ready) return load();
  if (typeof source === "string" && !/^\w{2,}:/.test(source)) source = readFileSync(source);
  else if (String(source).startsWith("file:")) source = readFileSync(fileURLToPath(source));
  await start({ module_or_path: source });
  ready = true;
}

export const { check, checkFly, convert, decode, flyNeeds, importFly, machineConfig, needs, requirements, stamp, version } =
  /* @__PURE__ */ operations(load);
