// The entry for browsers, workers and bundlers to what is about deploys.

import { operations } from "./deploy-api.js";
import start from "./deploy-glue.js";
import { loader } from "./load-browser.js";

const { init, ensure } = /* @__PURE__ */ loader(start, () => new URL("./score_fly_deploy.wasm", import.meta.url));

export { init };
export const { plan, stamp } = /* @__PURE__ */ operations(ensure);
