// The operations on deploys, over the functions that wasm-bindgen makes.

import { asking, complete } from "./calls.js";
import { planJson, stampJson } from "./deploy-glue.js";

export function operations(ensure) {
  const ask = asking(ensure);
  return {
    plan: (request) => ask(planJson, () => complete(request, "config", "fly.toml")),
    stamp: (machine) => ask(stampJson, () => ({ machine })),
  };
}
