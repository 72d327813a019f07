import type { Code } from "./types.js";

/** All codes of diagnostics, in the order of the alphabet. */
export declare const codes: readonly Code[];

/** The page that explains a code, in Markdown; nothing for what is no code. */
export declare function explain(code: Code): string;
export declare function explain(code: string): string | undefined;
