/** The JSON Schema of Score files. */
export declare const score: Readonly<Record<string, unknown>>;

/** The JSON Schema of what the operations take and answer, in its `$defs`. */
export declare const facade: Readonly<Record<string, unknown>>;
