// Writes js/types.d.ts from the JSON Schema of the facade. With --check, only says whether it is
// up to date.

import { readFile, writeFile } from "node:fs/promises";

import { compile } from "json-schema-to-typescript";

const schemaUrl = new URL("../../docs/schema/facade.schema.json", import.meta.url);
const typesUrl = new URL("../js/types.d.ts", import.meta.url);

const schema = JSON.parse(await readFile(schemaUrl, "utf8"));
const types = await compile(schema, "Facade", {
  additionalProperties: false,
  bannerComment: "// Made from docs/schema/facade.schema.json by `cargo xtask gen`. Do not edit.",
  declareExternallyReferenced: true,
  unreachableDefinitions: true,
  style: { printWidth: 120 },
});

if (process.argv.includes("--check")) {
  const current = await readFile(typesUrl, "utf8").catch(() => "");
  if (current !== types) {
    console.error("js/types.d.ts is out of date: run `cargo xtask gen`");
    process.exit(1);
  }
} else {
  await writeFile(typesUrl, types);
}
