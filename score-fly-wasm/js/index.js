// The entry for browsers, workers and bundlers: `await init()` once, before anything else.

import start from "./glue.js";

export { check, checkFly, convert, flyNeeds, importFly, machineConfig, needs, requirements, version } from "./api.js";

let started;

export function init(source = new URL("./score_fly.wasm", import.meta.url)) {
  started ??= start({ module_or_path: source }).then(
    () => {},
    (error) => {
      started = undefined;
      throw error;
    },
  );
  return started;
}
