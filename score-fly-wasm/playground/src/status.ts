// How it went, in one line: it is read out when it changes, and leads to the answer on narrow screens.

import { byId, icon } from "./dom.ts";

export type Kind = "good" | "warning" | "error";

export class Status {
  readonly #line = byId("status");
  readonly #toAnswer = byId("to-answer");
  #answer = byId("result");

  constructor() {
    const inView = new Map<Element, boolean>();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) inView.set(target, isIntersecting);
      this.#toAnswer.hidden = [...inView.values()].includes(true);
    });
    for (const id of ["result", "problems"]) observer.observe(byId(id));
    this.#toAnswer.addEventListener("click", () => this.#answer.scrollIntoView({ block: "start" }));
  }

  show(text: string, kind: Kind): void {
    // Said again, it would be read out again.
    if (this.#line.textContent !== text) this.#line.replaceChildren(icon(kind), text);
    this.#line.dataset.kind = kind;
    this.#toAnswer.replaceChildren(icon(kind), kind === "error" ? text : "See fly.toml");
    this.#toAnswer.dataset.kind = kind;
    this.#answer = byId(kind === "error" ? "problems" : "result");
  }
}
