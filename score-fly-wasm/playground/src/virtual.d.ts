// Modules that the build makes: see build/.

declare module "virtual:examples" {
  import type { Example } from "./examples.ts";
  const groups: { title: string; examples: Example[] }[];
  export default groups;
}

declare module "virtual:diagnostic-pages" {
  const pages: Record<string, string>;
  export default pages;
}

// Made by `cargo xtask wasm`: see ../../functions.
declare module "score-fly-functions" {
  export default function start(source: { module_or_path: URL }): Promise<unknown>;
  export function newJson(request: string): string;
  export function buildJson(request: string): string;
}

/** Of score-fly. */
declare const __VERSION__: string;

declare module "virtual:annotations" {
  const annotations: { name: string; sets: string; values: string; example: string }[];
  export default annotations;
}
