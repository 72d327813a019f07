// The operations, over the functions that wasm-bindgen makes: objects in, objects out.

import { asking, complete } from "./calls.js";
import {
  checkFlyJson,
  checkJson,
  convertJson,
  decodeJson,
  flyNeedsJson,
  importFlyJson,
  machineConfigJson,
  needsJson,
  requirementsJson,
  version,
} from "./glue.js";

/** All operations. `ensure` is called before each: it loads the WebAssembly, or says why that can't be. */
export function operations(ensure) {
  const ask = asking(ensure);
  const operation = (call, key, name) => (request) => ask(call, () => complete(request, key, name));
  const ofScore = (call) => operation(call, "score", "score.yaml");
  const ofFly = (call) => operation(call, "config", "fly.toml");
  return {
    convert: ofScore(convertJson),
    check: ofScore(checkJson),
    requirements: ofScore(requirementsJson),
    needs: ofScore(needsJson),
    checkFly: ofFly(checkFlyJson),
    importFly: ofFly(importFlyJson),
    machineConfig: ofFly(machineConfigJson),
    flyNeeds: ofFly(flyNeedsJson),
    decode(name, bytes) {
      ensure();
      return JSON.parse(decodeJson(name, ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes)));
    },
    version() {
      ensure();
      return version();
    },
  };
}
