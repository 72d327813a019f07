// The languages that editors colour. Those that only functions have come when they are needed.

import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { StreamLanguage, type StreamParser } from "@codemirror/language";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import type { Extension } from "@codemirror/state";

export const LANGUAGES = { json, toml: () => StreamLanguage.define(toml), yaml };

export type LanguageName = keyof typeof LANGUAGES;

const LATER: Record<string, () => Promise<StreamParser<unknown>>> = {
  html: async () => (await import("@codemirror/legacy-modes/mode/xml")).html,
  js: async () => (await import("@codemirror/legacy-modes/mode/javascript")).javascript,
  py: async () => (await import("@codemirror/legacy-modes/mode/python")).python,
  rs: async () => (await import("@codemirror/legacy-modes/mode/rust")).rust,
};

/** The language of a file; none, if it has no colours here. */
export async function languageOf(path: string): Promise<Extension> {
  const ending = path.split(".").at(-1)!.replace("lock", "toml");
  if (ending in LANGUAGES) return LANGUAGES[ending as LanguageName]();
  const later = LATER[ending];
  return later ? StreamLanguage.define(await later()) : [];
}
