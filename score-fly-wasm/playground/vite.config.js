import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

import { annotations } from "./build/annotations.js";
import { diagnosticPages } from "./build/diagnostic-pages.js";
import { examples } from "./build/examples.js";
import { contentSecurityPolicy } from "./build/policy.js";
import { serviceWorker } from "./build/service-worker.js";

export default defineConfig({
  define: { __VERSION__: JSON.stringify(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version) },
  // The page works under any path.
  base: "./",
  resolve: {
    // The package as it is published. It is no dependency in package.json, since the lock file would
    // then repeat the package's own dependencies and go stale with them.
    alias: {
      "score-fly-functions": fileURLToPath(new URL("../functions/dist/glue.js", import.meta.url)),
      "score-fly": fileURLToPath(new URL("../dist/index.js", import.meta.url)),
    },
  },
  plugins: [annotations(), examples(), diagnosticPages(), contentSecurityPolicy(), serviceWorker()],
  worker: { format: "es" },
  build: {
    // The first versions with `light-dark()` in CSS, on which the themes rest.
    target: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
});
