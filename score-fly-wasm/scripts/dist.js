// Completes dist, in which the WebAssembly and its glue.js are already: the entries and their types, what is
// made of the documentation, and the licences of what is compiled in.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildSync } from "esbuild";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const text = (path) => readFileSync(at(path), "utf8");
const write = (name, content) => writeFileSync(at(`dist/${name}`), content);
const SOURCES = ["inline.js"]; // of bundles, and no entries themselves

for (const name of readdirSync(at("js"))) {
  if (!SOURCES.includes(name)) copyFileSync(at(`js/${name}`), at(`dist/${name}`));
}
chmodSync(at("dist/cli.js"), 0o755);

// In one module, with the WebAssembly as base64.
copyFileSync(at("js/inline.js"), at("dist/inline.js"));
buildSync({
  entryPoints: [at("dist/inline.js")],
  outfile: at("dist/inline.js"),
  allowOverwrite: true,
  bundle: true,
  format: "esm",
  target: "es2022",
  loader: { ".wasm": "base64" },
  logLevel: "warning",
});

// CommonJS.
buildSync({
  entryPoints: ["node", "deploy-node"].map((name) => at(`dist/${name}.js`)),
  outdir: at("dist"),
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  define: { "import.meta.url": "moduleUrl" },
  banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  logLevel: "warning",
});
for (const name of ["types", "index", "deploy"]) {
  write(`${name}.d.cts`, text(`js/${name}.d.ts`).replaceAll(/(".\/\w+)\.js"/g, '$1.cjs"'));
}

// The documentation of diagnostics, and the schemas.
const pages = readdirSync(at("../docs/diagnostics"))
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .sort()
  .map((name) => [name.slice(0, -".md".length), text(`../docs/diagnostics/${name}`)]);
write(
  "explain.js",
  `const pages = new Map(${JSON.stringify(pages)});
export const codes = [...pages.keys()];
export const explain = (code) => pages.get(code);
`,
);
const schema = (name) => JSON.stringify(JSON.parse(text(`../docs/schema/${name}.schema.json`)));
write("schema.js", `export const score = ${schema("score-v1b1")};\nexport const facade = ${schema("facade")};\n`);

writeFileSync(at("THIRD-PARTY-LICENSES"), licences());

/** The licences of all crates that are compiled into the WebAssembly. */
function licences() {
  const flags = ["metadata", "--format-version", "1", "--locked", "--filter-platform", "wasm32-unknown-unknown"];
  const metadata = execFileSync("cargo", flags, { cwd: at(""), encoding: "utf8", maxBuffer: 1 << 28 });
  const { packages, resolve } = JSON.parse(metadata);
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const isCompiled = ({ dep_kinds: kinds }) => kinds.some(({ kind }) => kind === null);
  const found = new Set();
  const visit = (id) => {
    if (found.has(id)) return;
    found.add(id);
    for (const dependency of nodes.get(id).deps.filter(isCompiled)) visit(dependency.pkg);
  };
  visit(packages.find(({ name }) => name === "score-fly-wasm").id);
  const crates = packages.filter(({ id, source }) => found.has(id) && source !== null);
  crates.sort((left, right) => (left.id < right.id ? -1 : 1));
  const head = "score_fly.wasm contains these crates, and parts of Rust's standard library (MIT OR Apache-2.0).\n";
  return [head, ...crates.map(ofCrate)].join(`\n${"-".repeat(78)}\n\n`);
}

function ofCrate({ name, version, license, repository, manifest_path: manifest }) {
  const folder = dirname(manifest);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|unlicense)/i.test(file)).sort();
  const texts = files.map((file) => join(folder, file)).filter(existsSync).map((file) => readFileSync(file, "utf8").trim());
  // Of several that can be chosen from, the one that asks for the least.
  const chosen = texts.find((content) => /permission is hereby granted/i.test(content));
  return `${name} ${version}: ${license} ${repository ?? ""}\n\n${chosen ?? texts.join("\n\n")}\n`;
}
