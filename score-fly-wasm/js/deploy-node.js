// The entry for Node to what is about deploys: the first call loads the WebAssembly, so that there is nothing to wait for.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { operations } from "./deploy-api.js";
import start, { initSync } from "./deploy-glue.js";
import { loader } from "./load-node.js";

// Not `new URL("./score_fly_deploy.wasm", import.meta.url)`: bundlers make an address of that, which can't be read.
const path = /* @__PURE__ */ join(/* @__PURE__ */ dirname(/* @__PURE__ */ fileURLToPath(import.meta.url)), "score_fly_deploy.wasm");
const { init, ensure } = /* @__PURE__ */ loader(start, initSync, path);

export { init };
export const { plan, stamp } = /* @__PURE__ */ operations(ensure);
