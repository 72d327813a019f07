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
  readonly #descriptions = document.querySelectorAll<HTMLElement>(".example-description");

  constructor(onChoose: (example: Example) => void) {
    const examples = groups.flatMap((group) => group.examples);
    this.#select.append(
      ...groups.map(({ title, examples }) =>
        h("optgroup", { label: title }, ...examples.map(({ name, title }) => h("option", { value: name }, title))),
      ),
    );
    this.#select.addEventListener("change", () => {
      const example = examples.find(({ name }) => name === this.#select.value);
      if (!example) return;
      this.show(example);
      onChoose(example);
    });
  }

  /** The example was changed, so it can be chosen again. Its description still fits. */
  edited(): void {
    this.#select.value = "";
  }

  /** Says which example is shown; none, if it is the visitor's own. */
  show(example: Example | undefined): void {
    this.#select.value = example?.name ?? "";
    for (const description of this.#descriptions) {
      description.textContent = example?.description ?? "";
      description.hidden = !example;
    }
  }
}
