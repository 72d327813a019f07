import type { WasmSource } from "./index.js";
import type { PlanRequest, PlanResponse, StampResponse } from "./types.js";

export type * from "./types.js";
export type { WasmSource };

/**
 * Loads the WebAssembly, which is a file of its own. Must be awaited in browsers, workers and bundlers before
 * anything else is called; in Node there is nothing to wait for. Loading it again does nothing.
 *
 * @param source where `score_fly_deploy.wasm` is, if not beside this module
 */
export declare function init(source?: WasmSource): Promise<void>;

/**
 * Decides what a deploy of a fly.toml does: in which order, with which effect, and what changes. What there is at
 * Fly is handed in, as Fly's APIs answer it; nobody is asked, and nothing is done. Never throws on bad input.
 */
export declare function plan(request: PlanRequest | string): PlanResponse;

/**
 * Reads what a machine says about its release: version, commit, note, and what it went back to. Never throws on
 * bad input.
 *
 * @param machine the machine as the Machines API shows it; or its config, or its metadata
 */
export declare function stamp(machine: unknown): StampResponse;
