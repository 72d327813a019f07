// What runs in the worker of worker.js.

import { check, checkFly, convert, decode, flyNeeds, importFly, init, machineConfig, needs, requirements, version } from "./index.js";

const operations = { check, checkFly, convert, decode, flyNeeds, importFly, init, machineConfig, needs, requirements, version };

self.addEventListener("message", async ({ data: { id, operation, given } }) => {
  try {
    self.postMessage({ id, answer: await operations[operation](...given) });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

self.postMessage({ id: 0 });
