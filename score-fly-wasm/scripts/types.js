// Writes js/types.d.ts from the JSON Schema of the facade. With --check, only says whether it is
// up to date. It knows just what that schema uses, and fails on anything else.

import { readFileSync, writeFileSync } from "node:fs";

const schemaUrl = new URL("../../docs/schema/facade.schema.json", import.meta.url);
const typesUrl = new URL("../js/types.d.ts", import.meta.url);

const HEADER = `// Made from docs/schema/facade.schema.json by \`cargo xtask gen\`. Do not edit.
`;

// So that they do not hide what JavaScript itself calls so.
const RENAMED = { File: "FlyFile", Position: "TextPosition", Request: "ScoreRequest" };

const SCALARS = { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" };

// The type of a schema. Fields stand \`indent\` deep.
function type(schema, indent) {
  if (schema === true) return "unknown";
  if (schema.$ref) return named(schema.$ref.replace("#/$defs/", ""));
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return [...new Set(choices.map((choice) => type(choice, indent)))].join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((kind) => type({ ...schema, type: kind }, indent)).join(" | ");
  if (schema.type === "null") return "null";
  if (schema.type === "array") {
    const item = type(schema.items, indent);
    return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
  }
  if (schema.properties) return fields(schema, indent);
  if (schema.additionalProperties !== undefined) return `Record<string, ${type(schema.additionalProperties, indent)}>`;
  if (schema.type in SCALARS) return SCALARS[schema.type];
  if (schema.type === undefined) return "unknown";
  throw new Error(`types.js does not know this schema: ${JSON.stringify(schema)}`);
}

function fields({ properties, required = [] }, indent) {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${comment(schema, inner)}${inner}${key}${required.includes(name) ? "" : "?"}: ${type(schema, inner)};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

function comment({ description }, indent) {
  if (!description) return "";
  // rustdoc's links to other items are of no use here.
  const lines = description.replace(/\[(`[^`]+`)\](\([^)]*\))?/g, "$1").split("\n");
  return lines.length === 1
    ? `${indent}/** ${lines[0]} */\n`
    : `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

function named(name) {
  return RENAMED[name] ?? name;
}

function definition([defined, schema]) {
  const name = named(defined);
  const isObject = schema.properties !== undefined;
  const text = type(schema, "");
  return `\n${comment(schema, "")}export ${isObject ? `interface ${name} ${text}` : `type ${name} = ${text};`}\n`;
}

const { $defs } = JSON.parse(readFileSync(schemaUrl, "utf8"));
const types = HEADER + Object.entries($defs).map(definition).join("");
if (process.argv.includes("--check")) {
  if (readFileSync(typesUrl, "utf8") !== types) throw new Error("js/types.d.ts is out of date: run `cargo xtask gen`");
} else {
  writeFileSync(typesUrl, types);
}
