// How a function that wasm-bindgen made is called: an object in, an object out.

/** Asks in JSON. `ensure` is called before: it loads the WebAssembly, or says why that can't be. */
export const asking = (ensure) => (call, request) => {
  ensure();
  // What can't be written as JSON still gets an answer: the request is then not JSON, and says so.
  let text;
  try {
    text = JSON.stringify(request());
  } catch {
    text = undefined;
  }
  return JSON.parse(call(text ?? ""));
};

// A text alone is the file that the operation is about; and places are counted as JavaScript counts, unless the
// request says otherwise.
export function complete(request, key, name) {
  if (typeof request === "string") request = { [key]: { name, text: request } };
  return typeof request === "object" && request !== null ? { positionEncoding: "utf-16", ...request } : request;
}
