// The other way: a fly.toml is checked, mended, and turned into a Score file and machine configs.

import { Converter, type FlyAnswer, type FlyQuestion } from "./converter.ts";
import { marksOf, showDiagnostics, summary } from "./diagnostics.ts";
import { lineDiff } from "./diff.ts";
import { byId, h, icon, prose } from "./dom.ts";
import { Editor } from "./editor.ts";
import { copy, download } from "./files.ts";
import { Tabs } from "./tabs.ts";

const NAME = "fly.toml";

export class FlyPage {
  readonly #config = new Editor(byId("editor-fly"), "fly.toml", "toml", (text) => this.#edited(text));
  readonly #score = new Editor(byId("fly-score"), "The Score file", "yaml");
  readonly #machine = new Editor(byId("fly-machine"), "The machine config", "json");
  readonly #group = byId<HTMLSelectElement>("fly-group");
  readonly #tabs: Tabs;
  readonly #converter = new Converter<FlyQuestion, FlyAnswer>(
    (answer) => this.#show(answer),
    (failure) => this.#say(`The converter broke off (${failure}). Reload the page if it does so again.`, "error"),
  );
  #latest: FlyAnswer | undefined;

  /**
   * @param onEdit called with the text after the visitor changed it
   * @param onScore called with the Score file, to go on with that
   */
  constructor(
    private readonly onEdit: (text: string) => void,
    onScore: (score: string) => void,
    say: (message: string) => void,
  ) {
    this.#tabs = new Tabs(byId("fly-tabs"), ({ id }) => {
      for (const actions of byId("fly-actions").children) (actions as HTMLElement).hidden = actions.id !== `${id}-actions`;
    });
    this.#group.addEventListener("change", () => this.#ask(0));
    const onClick = (id: string, action: () => void) => byId(id).addEventListener("click", action);
    onClick("fly-mend", () => this.#tabs.select("tab-fly-mended"));
    onClick("fly-take", () => {
      const mended = this.#latest?.checked.fixed;
      if (mended) this.#edited((this.#config.text = mended));
      this.#tabs.select("tab-fly-score");
    });
    onClick("fly-score-copy", () => copy(this.#score.text, "The Score file", say));
    onClick("fly-score-download", () => download("score.yaml", this.#score.text));
    onClick("fly-score-open", () => onScore(this.#score.text));
    onClick("fly-machine-copy", () => copy(this.#machine.text, "The machine config", say));
    onClick("fly-machine-download", () => download("machine.json", this.#machine.text));
  }

  /** Shows a text, without calling back. */
  set text(text: string) {
    this.#config.text = text;
    this.#latest = undefined;
    this.#ask(0);
  }

  focus(): void {
    this.#config.focus(0);
  }

  #edited(text: string): void {
    this.onEdit(text);
    this.#ask();
  }

  #ask(pause?: number): void {
    byId("from-fly").ariaBusy = "true";
    this.#converter.edited(() => ({ config: { name: NAME, text: this.#config.text }, group: this.#group.value || null }), pause);
  }

  #show(answer: FlyAnswer): void {
    this.#latest = answer;
    byId("from-fly").ariaBusy = "false";
    const { checked, imported, machine } = answer;
    const notes = imported.diagnostics.filter(({ code }) => !checked.diagnostics.some((found) => found.code === code));
    // What an import says of mistakes is said by the check already.
    const diagnostics = [...checked.diagnostics, ...(imported.status === "success" ? notes : [])];
    this.#config.marks = marksOf(NAME, diagnostics);
    showDiagnostics(byId("fly-problems"), diagnostics, (source) => source === NAME, (_, offset) => this.#config.focus(offset));
    const found = summary(diagnostics);
    const kind = diagnostics.some(({ severity }) => severity === "error") ? "error" : found ? "warning" : "good";
    this.#say(found || "No problems", kind);

    this.#groups();
    if (imported.status === "success") this.#score.text = imported.score;
    this.#machine.text = machine.status === "success" ? `${JSON.stringify(machine.machine, null, 2)}\n` : "";
    this.#refused("fly-score-refused", "There is no Score file of this fly.toml yet", imported);
    this.#refused("fly-machine-refused", "flyctl makes no machine of this fly.toml", machine);
    for (const id of ["fly-score-copy", "fly-score-download", "fly-score-open"]) disable(id, imported.status === "failure");
    for (const id of ["fly-machine-copy", "fly-machine-download"]) disable(id, machine.status === "failure");

    const mended = checked.fixed;
    byId("fly-mend").hidden = mended === null;
    disable("fly-take", mended === null);
    byId("fly-mended").replaceChildren(
      ...(mended === null
        ? [h("p", { class: "quiet" }, "There is nothing that can be mended in only one way.")]
        : [h("pre", { tabindex: 0, "aria-label": "What would change" }, ...lineDiff(this.#config.text, mended).map(diffLine))]),
    );
  }

  /** Offers the process groups of `[processes]`. */
  #groups(): void {
    const section = /^\[processes\][^\n]*\n((?:(?!\[)[^\n]*(?:\n|$))*)/m.exec(this.#config.text)?.[1] ?? "";
    const names = Array.from(section.matchAll(/^\s*"?([\w-]+)"?\s*=/gm), ([, name]) => name!);
    const chosen = this.#group.value;
    if (names.join() === Array.from(this.#group.options, ({ value }) => value).join()) return;
    this.#group.replaceChildren(...names.map((name) => h("option", { value: name, selected: name === chosen }, name)));
    byId("fly-group-choice").hidden = names.length < 2;
    // What is shown is the default group's, or that of one which is gone.
    if (names.length > 0 && this.#group.value !== chosen) this.#ask(0);
  }

  #refused(id: string, what: string, answer: FlyAnswer["imported"] | FlyAnswer["machine"]): void {
    const errors = answer.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    byId(id).hidden = answer.status === "success";
    byId(id).replaceChildren(prose(`${what}: ${errors.join("; ")}`));
  }

  #say(text: string, kind: "good" | "warning" | "error"): void {
    const line = byId("fly-status");
    if (line.textContent !== text) line.replaceChildren(icon(kind), text);
    line.dataset.kind = kind;
  }
}

function disable(id: string, disabled: boolean): void {
  byId<HTMLButtonElement>(id).disabled = disabled;
}

function diffLine({ kind, text }: { kind: "same" | "gone" | "new"; text: string }): HTMLElement {
  const [sign, word] = { same: [" ", ""], gone: ["-", "removed: "], new: ["+", "added: "] }[kind];
  return h("span", { class: `diff ${kind}` }, h("span", { "aria-hidden": "true" }, `${sign} `), word && h("span", { class: "sr-only" }, word), `${text}\n`);
}
