import type { WasmSource } from "./index.js";

/** What a bundler or runtime makes of the file: its address, its path, its bytes or a module. `init` takes any. */
declare const source: WasmSource;
export default source;
