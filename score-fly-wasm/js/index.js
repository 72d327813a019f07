// The entry for browsers, workers and bundlers: `await init()` once, before anything else.

import { operations } from "./api.js";
import start from "./glue.js";

let started;
let ready = false;

export function init(source = new URL("./score_fly.wasm", import.meta.url)) {
  started ??= start({ module_or_path: source }).then(
    () => {
      ready = true;
    },
    (error) => {
      started = undefined;
      throw error;
    },
  );
  return started;
}

export const { check, checkFly, convert, decode, flyNeeds, importFly, machineConfig, needs, requirements, stamp, version } =
  /* @__PURE__ */ operations(() => {
    if (!ready) throw new Error("score-fly is not loaded yet: `await init()` before the first call");
  });
