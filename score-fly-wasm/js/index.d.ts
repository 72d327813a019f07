import type {
  CheckFlyResponse,
  CheckResponse,
  ConvertResponse,
  FlyRequest,
  ImportResponse,
  MachineConfigResponse,
  NeedsResponse,
  Request,
  RequirementsResponse,
} from "./types.js";

export type * from "./types.js";

/** Where the WebAssembly comes from: a URL, a response, or its bytes. */
export type WasmSource =
  | URL
  | string
  | globalThis.Request
  | globalThis.Response
  | Promise<globalThis.Response>
  | BufferSource
  | WebAssembly.Module;

/**
 * Loads the WebAssembly. Must be awaited in browsers, workers and bundlers before anything else is
 * called; in Node there is nothing to wait for. Loading it again does nothing.
 *
 * @param source where the `.wasm` file is, if not beside this module
 */
export declare function init(source?: WasmSource): Promise<void>;

/** Converts a Score file into fly.toml, secrets and side files. Never throws on bad input. */
export declare function convert(request: Request): ConvertResponse;

/**
 * Finds mistakes in a Score file. Outputs and files that are not given are taken to exist. Never
 * throws on bad input.
 */
export declare function check(request: Request): CheckResponse;

/** Lists what a Score file needs: resources, files and images. Never throws on bad input. */
export declare function requirements(request: Request): RequirementsResponse;

/**
 * Finds mistakes in a fly.toml: those that flyctl finds, and those that only a deploy would show. Local
 * files that are not given are taken to exist. Never throws on bad input.
 */
export declare function checkFly(request: FlyRequest): CheckFlyResponse;

/**
 * Works out the machine config that flyctl sends for a process group of a fly.toml. The content of the
 * local files that it names must be given. Never throws on bad input.
 */
export declare function machineConfig(request: FlyRequest): MachineConfigResponse;

/**
 * Makes a Score file of a fly.toml: converting it gives an app that flyctl makes the same machines of. What
 * Score has no words for is told in notes. Never throws on bad input.
 */
export declare function importFly(request: FlyRequest): ImportResponse;

/**
 * Says what a request about a Score file still lacks: files, and resources whose outputs are missing. Files
 * may bring further needs, so add what was read to the request and ask again. Never throws on bad input.
 */
export declare function needs(request: Request): NeedsResponse;

/**
 * Says which local files a request about a fly.toml still lacks. A machine config in a file of its own may
 * name further ones, so add what was read to the request and ask again. Never throws on bad input.
 */
export declare function flyNeeds(request: FlyRequest): NeedsResponse;

/** The version of score-fly. */
export declare function version(): string;
