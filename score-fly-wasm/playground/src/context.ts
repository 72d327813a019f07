// The Docker context of a function: its files with their texts, the Dockerfile first.

import type { FileContent } from "score-fly";

import { byId, count, h } from "./dom.ts";

interface Shown {
  element: HTMLElement;
  size: HTMLElement;
  text: HTMLElement;
}

export class Context {
  readonly #parent = byId("context");
  #shown = new Map<string, Shown>();

  /** Shows files by path. Those that are there already stay as they are: open, and where they are scrolled to. */
  show(files: Record<string, FileContent>): void {
    const paths = Object.keys(files).sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
    const shown = new Map(paths.map((path) => [path, this.#shown.get(path) ?? file(path)]));
    for (const [path, { size, text }] of shown) {
      const content = textOf(files[path]!);
      if (text.textContent === content) continue;
      text.textContent = content;
      size.textContent = count(content.split("\n").length - 1, "line");
    }
    const elements = [...shown.values()].map(({ element }) => element);
    const same = elements.length === this.#shown.size && elements.every((element, index) => element === this.#parent.children[index]);
    if (!same) this.#parent.replaceChildren(...elements);
    this.#shown = shown;
  }

  clear(): void {
    this.#shown.clear();
    this.#parent.replaceChildren();
  }
}

function file(path: string): Shown {
  const size = h("span", { class: "quiet" });
  const text = h("pre", { tabindex: 0, "aria-label": `Content of ${path}` });
  const element = h(
    "details",
    { class: "context-file", open: path === "Dockerfile" },
    h("summary", {}, h("code", {}, path), " ", size),
    text,
  );
  return { element, size, text };
}

function rank(path: string): number {
  return path === "Dockerfile" ? 0 : 1;
}

function textOf(content: FileContent): string {
  return "text" in content ? content.text : "(not text)";
}
