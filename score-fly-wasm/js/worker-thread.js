// What runs in the worker of worker.js.

import * as scoreFly from "./index.js";

self.addEventListener("message", async ({ data: { id, operation, given } }) => {
  try {
    self.postMessage({ id, answer: await scoreFly[operation](...given) });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
