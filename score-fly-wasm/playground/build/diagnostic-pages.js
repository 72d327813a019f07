// The pages of docs/diagnostics as HTML, by code, as the module `virtual:diagnostic-pages`. They are
// rendered here, so that the page carries no Markdown reader and shows them offline.

import { readdirSync, readFileSync } from "node:fs";

import { Marked } from "marked";

const PAGES = new URL("../../../docs/diagnostics/", import.meta.url);
const ONLINE = "https://github.com/score-fly/score-fly/blob/main/docs/diagnostics/";

export function diagnosticPages() {
  const id = "virtual:diagnostic-pages";
  return {
    name: "diagnostic-pages",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(resolved) {
      if (resolved !== `\0${id}`) return undefined;
      const names = readdirSync(PAGES).filter((name) => name.endsWith(".md"));
      if (names.length === 0) throw new Error(`there are no pages in ${PAGES}`);
      const pages = names.map((name) => [name.slice(0, -".md".length), render(readFileSync(new URL(name, PAGES), "utf8"))]);
      return `export default ${JSON.stringify(Object.fromEntries(pages))};`;
    },
  };
}

function render(markdown) {
  const marked = new Marked({
    walkTokens(token) {
      // Links between pages are relative to the folder that they stand in.
      if (token.type === "link") token.href = new URL(token.href, ONLINE).href;
    },
  });
  // The title is the code, which the dialog shows itself.
  return marked.parse(markdown.replace(/^# .*\n/, ""));
}
