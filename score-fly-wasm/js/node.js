// The entry for Node: there is nothing to wait for, and `init` is there so that code can be shared.

import { readFileSync } from "node:fs";

import { initSync } from "./glue.js";

export { check, checkFly, convert, flyNeeds, importFly, machineConfig, needs, requirements, version } from "./api.js";

initSync({ module: readFileSync(new URL("./score_fly.wasm", import.meta.url)) });

export async function init() {}
