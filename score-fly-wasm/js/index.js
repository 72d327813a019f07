// The entry for browsers, workers and bundlers.

import { operations } from "./api.js";
import start from "./glue.js";
import { loader } from "./load-browser.js";

const { init, ensure } = /* @__PURE__ */ loader(start, () => new URL("./score_fly.wasm", import.meta.url));

export { init };
export const { check, checkFly, convert, decode, flyNeeds, importFly, machineConfig, needs, requirements, version } = /* @__PURE__ */ operations(ensure);
