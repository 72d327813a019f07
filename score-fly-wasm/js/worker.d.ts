import type * as operations from "./index.js";

type Asked<F> = F extends (...given: infer Given) => infer Answer ? (...given: Given) => Promise<Answer> : never;

type Operations = Omit<typeof operations, "init">;

/** The operations, each of which gives a promise. */
export type ScoreFlyWorker = { readonly [Name in keyof Operations]: Asked<Operations[Name]> } & {
  /** Ends the worker. What it has not answered is rejected. */
  close(): void;
};

/**
 * Starts a worker that converts away from the page's own thread. What does not load is told by the first call.
 *
 * @param source where the `.wasm` file is, if not beside this module
 */
export declare function startWorker(source?: operations.WasmSource): ScoreFlyWorker;
