// Links that hold everything that was given. It stands behind the `#`, which browsers never send.

import { type Inputs, readInputs } from "./inputs.ts";

// Raise it when the meaning of links changes, and go on reading the old ones.
const FORMAT = "1";

/** What a link holds. */
export type Shared = { kind: "inputs"; inputs: Inputs } | { kind: "nothing" } | { kind: "unreadable"; why: string };

/** `#`, the format's number, a dot, and the inputs as deflated JSON in base64url. */
export async function toHash(inputs: Inputs): Promise<string> {
  const packed = new Blob([JSON.stringify(inputs)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return `#${FORMAT}.${toBase64Url(new Uint8Array(await new Response(packed).arrayBuffer()))}`;
}

export async function fromHash(hash: string): Promise<Shared> {
  const [, format, data] = /^#(\d+)\.(.*)$/.exec(hash) ?? [];
  if (format === undefined || data === undefined) return { kind: "nothing" };
  if (format !== FORMAT) {
    return {
      kind: "unreadable",
      why: "This link was made by a newer version of this page. Reload the page and open the link again.",
    };
  }
  try {
    const unpacked = new Blob([fromBase64Url(data)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return { kind: "inputs", inputs: readInputs(JSON.parse(await new Response(unpacked).text())) };
  } catch {
    return { kind: "unreadable", why: "This link is incomplete. Ask for it again, and copy all of it." };
  }
}

function toBase64Url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
