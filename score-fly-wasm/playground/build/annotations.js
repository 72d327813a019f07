// The annotations of docs/annotations.md, as the module `virtual:annotations`: what each sets, and an example.

import { readFileSync } from "node:fs";

const PAGE = new URL("../../../docs/annotations.md", import.meta.url);

export function annotations() {
  const id = "virtual:annotations";
  return {
    name: "annotations",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(resolved) {
      if (resolved !== `\0${id}`) return undefined;
      const cells = (line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim());
      const rows = readFileSync(PAGE, "utf8").split("\n").filter((line) => line.startsWith("| `")).map(cells);
      if (rows.length < 20) throw new Error(`there are ${rows.length} annotations in ${PAGE}`);
      const all = rows.map(([name, sets, values, example]) => ({ name: name.slice(1, -1), sets, values, example: example.replace(/^`|`$/g, "") }));
      return `export default ${JSON.stringify(all)};`;
    },
  };
}
