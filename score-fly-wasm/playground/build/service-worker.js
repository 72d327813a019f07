// Writes service-worker.js: the list of all files of the built page, then src/service-worker.js.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

export function serviceWorker() {
  let folder;
  return {
    name: "service-worker",
    apply: "build",
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir);
    },
    // After the build of the page itself, and with the files of public/ in place.
    closeBundle() {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== "service-worker.js")
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
        .sort();
      const hash = createHash("sha256");
      for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
      const version = hash.digest("hex").slice(0, 16);
      const source = readFileSync(new URL("../src/service-worker.js", import.meta.url), "utf8");
      writeFileSync(
        join(folder, "service-worker.js"),
        `const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(files)};\n\n${source}`,
      );
    },
  };
}
