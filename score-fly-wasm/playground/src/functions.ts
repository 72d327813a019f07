// New functions and their Docker contexts. The WebAssembly for it comes when the first one is asked for.

import type { DiagnosticView, FileContent } from "score-fly";
import start, { buildJson, newJson } from "score-fly-functions";

import type { FunctionFolder } from "./inputs.ts";

/** Files by path: those of a new function, or of a Docker context. */
export type FilesResponse = { diagnostics: DiagnosticView[] } & (
  | { status: "success"; files: Record<string, FileContent> }
  | { status: "failure" }
);

/** What a new function is made of. */
export interface NewFunction {
  name: string;
  /** The name of a built-in runtime. */
  runtime: string;
}

await start({ module_or_path: new URL("../../functions/dist/functions.wasm", import.meta.url) });

export const scaffold = (request: NewFunction): FilesResponse => JSON.parse(newJson(JSON.stringify(request)));
export const build = (folder: FunctionFolder): FilesResponse => JSON.parse(buildJson(JSON.stringify(folder)));
