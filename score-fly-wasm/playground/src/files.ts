// Taking results along.

export function copy(text: string, what: string, say: (message: string) => void): void {
  navigator.clipboard.writeText(text).then(
    () => say(`${what} copied`),
    () => say("The browser does not let this page copy. Select the text instead."),
  );
}

export function download(name: string, content: string | Uint8Array<ArrayBuffer> | Blob): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: "application/octet-stream" }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  // The browser has taken hold of it once the click is through.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
