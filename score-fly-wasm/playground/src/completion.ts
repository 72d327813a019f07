// What can be written at a place in a Score file, from its schema, and what is said about it.

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { autocompletion } from "@codemirror/autocomplete";
import type { EditorState, Extension } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import annotations from "virtual:annotations";

import schema from "../../../docs/schema/score-v1b1.schema.json";
import { h, prose } from "./dom.ts";
import { ITEM, keysAbove } from "./places.ts";

interface Schema {
  description?: string;
  deprecated?: boolean;
  type?: string | string[];
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

const PREFIX = "fly.score.dev/";

/** @param placeholders what can stand in `${…}`, by what it is */
export function scoreCompletion(placeholders: () => Map<string, string>): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);

    const placeholder = /\$\{([\w.-]*)$/.exec(before);
    if (placeholder) {
      const close = line.text[before.length] === "}" ? "" : "}";
      const options = Array.from(placeholders(), ([label, detail]) => ({ label, detail, apply: label + close }));
      return { from: context.pos - placeholder[1]!.length, options, validFor: /^[\w.-]*$/ };
    }

    const value = /^(\s*)((?:- +)*)"?([\w./-]+)"?:\s+("?[\w]*)$/.exec(before);
    if (value) {
      const path = [...above(context.state, line.number, value[1]!.length + value[2]!.length, value[2]!), value[3]!];
      const options = schemas(path).flatMap(values).map((label): Completion => ({ label, type: "enum" }));
      return options.length > 0 ? { from: context.pos - value[4]!.length, options } : null;
    }

    const key = /^(\s*)((?:- +)*)([\w./-]*)$/.exec(before);
    if (!key || (key[3] === "" && !context.explicit)) return null;
    const path = above(context.state, line.number, key[1]!.length + key[2]!.length, key[2]!);
    const rest = line.text.slice(before.length);
    const options = keys(path).map(({ name, schema, info }): Completion => ({
      label: name,
      type: "property",
      info: () => h("div", {}, prose(info)),
      apply: /^\s*:/.test(rest) ? name : `${name}:${schema && isNested(schema) ? "" : " "}`,
    }));
    return options.length > 0 ? { from: context.pos - key[3]!.length, options, validFor: /^[\w./-]*$/ } : null;
  };

  const documentation = hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos);
    const found = /^(\s*)((?:- +)*)"?([\w./-]+)"?\s*:(?:\s|$)/.exec(line.text);
    if (!found) return null;
    const from = line.from + found[1]!.length + found[2]!.length;
    const to = from + found[3]!.length;
    if (pos < from || pos > to) return null;
    const path = above(view.state, line.number, found[1]!.length + found[2]!.length, found[2]!);
    const info = keys(path).find(({ name }) => fits(name, found[3]!))?.info;
    return info ? { pos: from, end: to, create: () => ({ dom: h("div", { class: "documentation" }, prose(info)) }) } : null;
  });

  return [autocompletion({ override: [source], icons: false }), documentation];
}

function above(state: EditorState, line: number, indent: number, dashes: string): string[] {
  const lines = Array.from({ length: line - 1 }, (_, index) => state.doc.line(index + 1).text);
  const path = keysAbove(lines, dashes ? indent - dashes.length + 1 : indent);
  return dashes ? [...path, ITEM] : path;
}

interface Key {
  name: string;
  schema?: Schema;
  info: string;
}

/** The keys that can stand below a path. */
function keys(path: string[]): Key[] {
  if (path.join() === "metadata,annotations") {
    return annotations.map(({ name, sets, values, example }) => ({ name: PREFIX + name, info: `${sets}: ${values}, such as \`${example}\`` }));
  }
  return schemas(path).flatMap(({ properties = {} }) =>
    Object.entries(properties)
      .filter(([, schema]) => !schema.deprecated)
      .map(([name, schema]) => ({ name, schema, info: schema.description ?? resolved(schema).find(({ description }) => description)?.description ?? "" })),
  );
}

/** Whether a key is that name, in which `<…>` stands for any word. */
function fits(name: string, key: string): boolean {
  return new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/<\w+>/g, ".+")}$`).test(key);
}

/** The schemas of what stands at a path. */
function schemas(path: string[]): Schema[] {
  return path.reduce<Schema[]>(
    (all, key) =>
      all
        .flatMap(({ properties, additionalProperties, items }) => {
          if (key === ITEM) return items ? [items] : [];
          const named = properties?.[key];
          return named ? [named] : typeof additionalProperties === "object" ? [additionalProperties] : [];
        })
        .flatMap(resolved),
    resolved(schema as unknown as Schema),
  );
}

/** A schema with what it refers to, and its alternatives. */
function resolved(written: Schema): Schema[] {
  if (written.deprecated) return [];
  const referred = written.$ref ? resolved((schema.$defs as unknown as Record<string, Schema>)[written.$ref.slice("#/$defs/".length)]!) : [];
  return [written, ...referred, ...[...(written.oneOf ?? []), ...(written.anyOf ?? [])].flatMap(resolved)];
}

function values(schema: Schema): string[] {
  if (schema.const !== undefined) return [String(schema.const)];
  if (schema.enum) return schema.enum.map(String);
  return schema.type === "boolean" ? ["true", "false"] : [];
}

/** Whether what belongs to a key stands on lines of its own. */
function isNested(schema: Schema): boolean {
  return resolved(schema).some(({ type }) => type === "object");
}
