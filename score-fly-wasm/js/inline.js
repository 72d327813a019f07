// The whole package in one module: the first call compiles the WebAssembly, which is part of it.

import { operations } from "./api.js";
import { initSync } from "./glue.js";
import base64 from "./score_fly.wasm";

let ready = false;

function load() {
  if (ready) return;
  initSync({ module: Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)) });
  ready = true;
}

export async function init() {
  load();
}

export const { check, checkFly, convert, decode, flyNeeds, importFly, machineConfig, needs, requirements, version } =
  /* @__PURE__ */ operations(load);
