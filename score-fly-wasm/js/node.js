// The entry for Node: the first call loads the WebAssembly, so that there is nothing to wait for.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { operations } from "./api.js";
import start, { initSync } from "./glue.js";
import { loader } from "./load-node.js";

// Not `new URL("./score_fly.wasm", import.meta.url)`: bundlers make an address of that, which can't be read.
const path = /* @__PURE__ */ join(/* @__PURE__ */ dirname(/* @__PURE__ */ fileURLToPath(import.meta.url)), "score_fly.wasm");
const { init, ensure } = /* @__PURE__ */ loader(start, initSync, path);

export { init };
export const { check, checkFly, convert, decode, flyNeeds, importFly, machineConfig, needs, requirements, version } = /* @__PURE__ */ operations(ensure);
