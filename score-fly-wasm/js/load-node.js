// Loading in Node: from the file at a path, by the first call.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export function loader(start, initSync, path) {
  let ready = false;
  const ensure = () => {
    if (ready) return;
    let module;
    try {
      module = readFileSync(path);
    } catch (cause) {
      const instead = "copy it there from score-fly/dist, give its bytes to `init`, or import score-fly/inline";
      throw new Error(`score-fly can't read ${path}: ${instead}`, { cause });
    }
    initSync({ module });
    ready = true;
  };
  const init = async (source) => {
    if (source === undefined || ready) return ensure();
    if (typeof source === "string" && !/^\w{2,}:/.test(source)) source = readFileSync(source);
    else if (String(source).startsWith("file:")) source = readFileSync(fileURLToPath(source));
    await start({ module_or_path: source });
    ready = true;
  };
  return { init, ensure };
}
