// The operations, over the functions that wasm-bindgen makes: objects in, objects out.

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
  stampJson,
  version,
} from "./glue.js";

/** All operations. `ensure` is called before each: it loads the WebAssembly, or says why that can't be. */
export function operations(ensure) {
  const ask = (call, request) => {
    ensure();
    // What can't be written as JSON still gets an answer: the request is then not JSON, and says so.
    let text;
    try {
      text = JSON.stringify(request());
    } catch {
      text = undefined;
    }
    return JSON.parse(call(text ?? ""));
  };
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
    stamp: (machine) => ask(stampJson, () => ({ machine })),
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

// A text alone is the file that the operation is about; and places are counted as JavaScript counts, unless the
// request says otherwise.
function complete(request, key, name) {
  if (typeof request === "string") request = { [key]: { name, text: request } };
  return typeof request === "object" && request !== null ? { positionEncoding: "utf-16", ...request } : request;
}
