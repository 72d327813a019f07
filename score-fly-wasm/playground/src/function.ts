// The files of a function: one editor, which shows one of them at a time.

import type { DiagnosticView } from "score-fly";

import { marksOf } from "./diagnostics.ts";
import { byId, h } from "./dom.ts";
import { Editor } from "./editor.ts";
import type { FunctionFolder } from "./inputs.ts";

/** What a function is about: its code, and what it is built with. All else comes after. */
const FIRST = ["function.py", "function.js", "src/lib.rs", "public/index.html", "function.yaml"];

export class FunctionFiles {
  readonly #editor: Editor;
  readonly #choice = byId<HTMLSelectElement>("function-file");
  #folder: FunctionFolder | undefined;
  #diagnostics: DiagnosticView[] = [];

  constructor(onEdit: (folder: FunctionFolder) => void) {
    this.#editor = new Editor(byId("editor-function"), "File of the function", "yaml", (text) => {
      const { name, files } = this.#folder!;
      this.#folder = { name, files: { ...files, [this.#choice.value]: text } };
      onEdit(this.#folder);
    });
    this.#choice.addEventListener("change", () => this.#open());
  }

  /** Shows a function's files. */
  show(folder: FunctionFolder | undefined): void {
    this.#folder = folder;
    this.#diagnostics = [];
    const rank = (path: string) => (FIRST.includes(path) ? FIRST.indexOf(path) : FIRST.length);
    const paths = Object.keys(folder?.files ?? {}).sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
    this.#choice.replaceChildren(...paths.map((path) => h("option", { value: path }, path)));
    this.#open();
  }

  /** Whether there is a file of that path. */
  has(path: string): boolean {
    return this.#folder !== undefined && path in this.#folder.files;
  }

  /** Marks the mistakes in the files. */
  mark(diagnostics: DiagnosticView[]): void {
    this.#diagnostics = diagnostics;
    this.#editor.marks = marksOf(this.#choice.value, diagnostics);
  }

  /** Puts the cursor to a place in a file. */
  focus(path: string, offset: number): void {
    if (this.#choice.value !== path) {
      this.#choice.value = path;
      this.#open();
    }
    this.#editor.focus(offset);
  }

  #open(): void {
    const path = this.#choice.value;
    void this.#editor.open(path, this.#folder?.files[path] ?? "");
    this.mark(this.#diagnostics);
  }
}
