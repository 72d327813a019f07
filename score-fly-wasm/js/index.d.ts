import type {
  CheckFlyResponse,
  CheckResponse,
  ConvertResponse,
  DecodeResponse,
  FlyRequest,
  ImportResponse,
  MachineConfigResponse,
  NeedsResponse,
  RequirementsResponse,
  ScoreRequest,
} from "./types.js";

export type * from "./types.js";

/**
 * Where the WebAssembly comes from: an address as `URL` or text, a `Request`, a `Response` or a promise of one,
 * the bytes, or a `WebAssembly.Module`. In Node a text is a path, too.
 */
export type WasmSource = string | object;

/**
 * Loads the WebAssembly. Must be awaited in browsers, workers and bundlers before anything else is
 * called; in Node there is nothing to wait for. Loading it again does nothing.
 *
 * @param source where the `.wasm` file is, if not beside this module
 */
export declare function init(source?: WasmSource): Promise<void>;

// A text alone stands for a request about a file of this text, `score.yaml` or `fly.toml`. Places are counted in
// UTF-16, as JavaScript counts, unless a request has another `positionEncoding`.

/** Converts a Score file into fly.toml, secrets and side files. Never throws on bad input. */
export declare function convert(request: ScoreRequest | string): ConvertResponse;

/**
 * Finds mistakes in a Score file. Outputs and files that are not given are taken to exist. Never
 * throws on bad input.
 */
export declare function check(request: ScoreRequest | string): CheckResponse;

/** Lists what a Score file needs: resources, files and images. Never throws on bad input. */
export declare function requirements(request: ScoreRequest | string): RequirementsResponse;

/**
 * Finds mistakes in a fly.toml: those that flyctl finds, and those that only a deploy would show. Local
 * files that are not given are taken to exist. Never throws on bad input.
 */
export declare function checkFly(request: FlyRequest | string): CheckFlyResponse;

/**
 * Works out the machine config that flyctl sends for a process group of a fly.toml. The content of the
 * local files that it names must be given. Never throws on bad input.
 */
export declare function machineConfig(request: FlyRequest | string): MachineConfigResponse;

/**
 * Makes a Score file of a fly.toml: converting it gives an app that flyctl makes the same machines of. What
 * Score has no words for is told in notes. Never throws on bad input.
 */
export declare function importFly(request: FlyRequest | string): ImportResponse;

/**
 * Says what a request about a Score file still lacks: files, and resources whose outputs are missing. Files
 * may bring further needs, so add what was read to the request and ask again. Never throws on bad input.
 */
export declare function needs(request: ScoreRequest | string): NeedsResponse;

/**
 * Says which local files a request about a fly.toml still lacks. A machine config in a file of its own may
 * name further ones, so add what was read to the request and ask again. Never throws on bad input.
 */
export declare function flyNeeds(request: FlyRequest | string): NeedsResponse;

/**
 * Decodes the bytes of a file into the text that requests take: UTF-8, or UTF-16 with a byte order mark.
 *
 * @param name what diagnostics call the file
 */
export declare function decode(name: string, bytes: Uint8Array | ArrayBuffer): DecodeResponse;

/** The version of score-fly. */
export declare function version(): string;
