// The menu of examples.

import groups from "virtual:examples";

import { byId, h } from "./dom.ts";
import type { Inputs } from "./inputs.ts";

export interface Example {
  name: string;
  title: string;
  description: string;
  /** What it shows. A function's is made by its runtime. */
  inputs?: Inputs;
  runtime?: string;
}

export const firstExample: Example = groups[0]!.examples[0]!;

export class ExamplesMenu {
  readonly #select = byId<HTMLSelectElement>("example");
  readonly #own = this.#select.options[0]!;
  #shown = "";
  readonly #descriptions = document.querySelectorAll<HTMLElement>(".example-description");

  /**
   * @param onChoose called with an example, or with nothing for the visitor's own; another choice stays what it
   * was if it answers with false
   */
  constructor(onChoose: (example: Example | undefined) => Promise<boolean>) {
    const examples = groups.flatMap((group) => group.examples);
    this.#select.append(
      ...groups.map(({ title, examples }) =>
        h("optgroup", { label: title }, ...examples.map(({ name, title }) => h("option", { value: name }, title))),
      ),
    );
    this.#select.addEventListener("change", async () => {
      const example = examples.find(({ name }) => name === this.#select.value);
      if (await onChoose(example)) this.show(example);
      else this.#select.value = this.#shown;
    });
  }

  /** Whether what is shown is the visitor's own. */
  get isOwn(): boolean {
    return this.#shown === "";
  }

  /** The example was changed, so it can be chosen again. Its description still fits. */
  edited(): void {
    this.#select.value = this.#shown = "";
    this.#own.hidden = false;
  }

  /** There is nothing left of it. */
  replaced(): void {
    for (const description of this.#descriptions) description.hidden = true;
  }

  /** Says which example is shown; none, if it is the visitor's own. */
  show(example: Example | undefined): void {
    this.#select.value = this.#shown = example?.name ?? "";
    this.#own.hidden = example !== undefined && this.#own.hidden;
    for (const description of this.#descriptions) {
      description.textContent = example?.description ?? "";
      description.hidden = !example;
    }
  }
}
