// What comes out: fly.toml, secrets, side files, the machine, and what the workload requires.

import type { ConvertResponse, DiagnosticView, FileContent, MachineConfigResponse, Requirements } from "score-fly";

import { Context } from "./context.ts";
import { explained } from "./diagnostics.ts";
import { byId, count, h, icon, prose } from "./dom.ts";
import { Editor } from "./editor.ts";
import { copy, download } from "./files.ts";
import type { FilesResponse } from "./functions.ts";
import { Tabs } from "./tabs.ts";
import { zip } from "./zip.ts";

type Converted = Extract<ConvertResponse, { status: "success" }>;

type Files = Record<string, FileContent>;

// Of one length: not even that of a secret shows.
const MASK = "••••••••••••";

export class Results {
  readonly #toml = new Editor(byId("toml"), "fly.toml", "toml");
  readonly #machine = new Editor(byId("machine"), "Machine config", "json");
  readonly #context = new Context();
  readonly #tabs: Tabs;
  #latest: (Converted & { context: Files }) | undefined;
  #revealed = false;
  /** What is shown of each part, as JSON. */
  #shown = new Map<string, string>();

  constructor(private readonly say: (message: string) => void) {
    this.#tabs = new Tabs(byId("result-tabs"), (tab) => {
      const { id } = tab;
      // What is needed shows nevertheless.
      if (id !== "tab-requirements") byId(tab.getAttribute("aria-controls")!).append(byId("nothing"));
      for (const actions of byId("result-actions").children) (actions as HTMLElement).hidden = actions.id !== `${id}-actions`;
    });
    const onClick = (id: string, action: (latest: Converted & { context: Files }) => void) =>
      byId(id).addEventListener("click", () => this.#latest && action(this.#latest));
    onClick("copy-toml", ({ toml }) => this.#copy(toml, "fly.toml"));
    onClick("download-toml", ({ toml }) => download("fly.toml", toml));
    onClick("copy-secrets", ({ secretsText }) => this.#copy(secretsText, "The secrets"));
    onClick("download-secrets", ({ secretsText }) => download("secrets.env", secretsText));
    onClick("copy-machine", () => this.#copy(this.#machine.text, "The machine config"));
    onClick("download-machine", () => download("machine.json", this.#machine.text));
    for (const id of ["download-files", "download-context"]) {
      onClick(id, (latest) => download(`${latest.config.app ?? "app"}.zip`, zip(deployed(latest))));
    }
    onClick("reveal", (latest) => {
      this.#revealed = !this.#revealed;
      this.#showSecrets(latest);
    });
  }

  /** Starts over: what was shown belongs to another workload. */
  clear(isFunction: boolean): void {
    this.#latest = undefined;
    this.#shown.clear();
    this.#context.clear();
    this.#tabs.offer("tab-context", isFunction);
    if (isFunction) this.#tabs.select("tab-context");
    byId("steps-where").hidden = !isFunction;
    this.#revealed = false;
    this.#stale(true, "", undefined);
    setBadge("tab-secrets", 0);
    setBadge("tab-files", 0);
    setBadge("tab-requirements", 0);
    byId("requirements").replaceChildren();
  }

  /** Shows an answer. After a failure the last success stays, marked as out of date. */
  show(
    answer: ConvertResponse,
    built: FilesResponse | undefined,
    machine: MachineConfigResponse | undefined,
    errors: string,
    first: DiagnosticView | undefined,
  ): void {
    if (answer.status === "failure" || built?.status === "failure") {
      this.#stale(true, errors, first);
      return;
    }
    const context = built?.files ?? {};
    this.#latest = { ...answer, context };
    this.#context.show(context);
    this.#stale(false, "", undefined);
    this.#toml.text = answer.toml;
    this.#showSecrets(answer);
    this.#showFiles(answer.files);
    this.#showMachine(machine);
    this.#showSteps(answer);
    setBadge("tab-secrets", Object.keys(answer.secrets).length);
    setBadge("tab-files", Object.keys(answer.files).length);
  }

  /** Whether a part is another than it was shown: the same is left alone, with what is selected and scrolled in it. */
  #isOther(part: string, content: unknown): boolean {
    const text = JSON.stringify(content);
    const other = this.#shown.get(part) !== text;
    this.#shown.set(part, text);
    return other;
  }

  showRequirements(requirements: Requirements): void {
    if (!this.#isOther("requirements", requirements)) return;
    const { resources, files, images } = requirements;
    const row = (...cells: (Node | string)[]) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell)));
    // Uids and paths may break after their separators.
    const code = (text: string) => h("code", {}, ...text.split(/(?<=[.#/])/).flatMap((part) => [h("wbr"), part]));
    const table = (caption: string, heads: string[], rows: HTMLElement[]) =>
      h(
        "table",
        {},
        h("caption", {}, caption),
        h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, ...rows),
      );
    const resourceRows = resources.map(({ name, type, uid, outputs }) =>
      row(h("strong", {}, name), type, code(uid), outputs.length > 0 ? list(outputs.map(code)) : "none"),
    );
    const fileRows = files.map(({ source, container, target }) => row(code(source), container, code(target)));
    byId("requirements").replaceChildren(
      ...(resources.length > 0 ? [table("Resources", ["Name", "Type", "Uid", "Values used"], resourceRows)] : []),
      ...(files.length > 0 ? [table("Files", ["Source", "Container", "Mounted at"], fileRows)] : []),
      ...(images.length > 0
        ? [table("Images", ["Container", "Image"], images.map((name) => row(name, "built from a Dockerfile, or given under Options")))]
        : []),
      resources.length + files.length + images.length === 0
        ? h("p", { class: "quiet" }, "Nothing: the workload asks for no resources, files or images.")
        : "",
    );
    setBadge("tab-requirements", resources.length + files.length + images.length);
  }

  #showSecrets({ secrets, secretsText }: Converted): void {
    if (!this.#isOther("secrets", [secrets, this.#revealed])) return;
    const entries = Object.entries(secrets);
    const masked = () => [h("span", { "aria-hidden": "true" }, MASK), h("span", { class: "sr-only" }, "hidden")];
    byId("secrets").replaceChildren(
      entries.length === 0
        ? h("p", { class: "quiet" }, "No secrets: nothing in the workload is made from a secret output.")
        : h(
            "dl",
            { class: "secrets" },
            ...entries.flatMap(([name, value]) => [
              h("dt", {}, name),
              h("dd", {}, ...(this.#revealed ? [value] : masked())),
            ]),
          ),
      ...(entries.length === 0
        ? []
        : [
            h("h3", {}, "For ", h("code", {}, "fly secrets import")),
            h("pre", { class: "secrets-text", tabindex: 0, "aria-label": "Text for fly secrets import" },
              this.#revealed ? secretsText : entries.map(([name]) => `${name}="""${MASK}"""\n`).join("")),
          ]),
    );
    const reveal = byId("reveal");
    reveal.setAttribute("aria-pressed", String(this.#revealed));
    reveal.replaceChildren(icon(this.#revealed ? "hide" : "reveal"), this.#revealed ? "Hide" : "Reveal");
    for (const id of ["reveal", "copy-secrets", "download-secrets"]) byId(id).hidden = entries.length === 0;
  }

  #showFiles(files: Converted["files"]): void {
    if (!this.#isOther("files", files)) return;
    const entries = Object.entries(files);
    byId("files").replaceChildren(
      ...(entries.length === 0
        ? [h("p", { class: "quiet" }, "No side files: fly.toml is all that a deployment needs beside its secrets.")]
        : entries.map(([path, content]) => this.#file(path, content))),
    );
    byId("download-files").hidden = entries.length === 0;
  }

  #file(path: string, content: FileContent): HTMLElement {
    const name = path.split("/").at(-1)!;
    return h(
      "section",
      { class: "side-file", "aria-label": path },
      h(
        "header",
        {},
        h("code", {}, path),
        "text" in content &&
          h("button", { type: "button", class: "small", click: () => this.#copy(content.text, path) }, icon("copy"), "Copy"),
        h("button", { type: "button", class: "small", click: () => download(name, bytes(content)) }, icon("download"), "Download"),
      ),
      "text" in content
        ? h("pre", { tabindex: 0, "aria-label": `Content of ${path}` }, content.text)
        : h("p", { class: "quiet" }, `Not text: ${count(bytes(content).length, "byte")}.`),
    );
  }

  #showMachine(answer: MachineConfigResponse | undefined): void {
    const refused = answer?.status === "failure" ? answer.diagnostics.map(({ message }) => message) : [];
    this.#machine.text = answer?.status === "success" ? `${JSON.stringify(answer.machine, null, 2)}\n` : "";
    byId("machine-refused").replaceChildren(prose(`flyctl makes no machine of this fly.toml: ${refused.join("; ")}`));
    byId("machine-refused").hidden = refused.length === 0;
    for (const id of ["machine", "copy-machine", "download-machine"]) byId(id).hidden = refused.length > 0;
  }

  /** What to run to have the app. */
  #showSteps({ config, secrets }: Converted): void {
    const steps = [
      `fly apps create ${config.app}`,
      ...(Object.keys(secrets).length > 0 ? ["fly secrets import --stage < secrets.env"] : []),
      "fly deploy",
    ];
    byId("steps").replaceChildren(...steps.map((step) => h("li", {}, h("code", {}, step))));
  }

  #stale(stale: boolean, errors: string, first: DiagnosticView | undefined): void {
    byId("result-first").replaceChildren(...(first ? [": ", prose(first.message), ...(first.help ? [" (", prose(first.help), ")"] : [])] : []));
    byId("nothing").replaceChildren(...(first ? [h("p", { class: "quiet" }, "There is no fly.toml yet. The first thing to mend:"), explained(first)] : []));
    const shown = this.#latest !== undefined;
    byId("result").classList.toggle("stale", stale && shown);
    byId("result").classList.toggle("nothing", !shown);
    byId("result-stale").hidden = !(stale && shown);
    for (const element of document.querySelectorAll(".result-errors")) element.textContent = errors;
    // What is out of date is there to be read, not to be deployed.
    for (const button of byId("result").querySelectorAll<HTMLButtonElement>("button:not([role=tab])")) {
      button.disabled = button.id === "reveal" ? !shown : stale;
    }
  }

  #copy(text: string, what: string): void {
    copy(text, what, this.say);
  }
}

/** What `fly deploy` reads. Secrets are not among it: they have a way of their own. */
function deployed({ toml, files, context }: Converted & { context: Files }): Map<string, Uint8Array<ArrayBuffer>> {
  const all: [string, FileContent][] = [["fly.toml", { text: toml }], ...Object.entries(files), ...Object.entries(context)];
  return new Map(all.map(([path, content]) => [path, bytes(content)]));
}

function bytes(content: FileContent): Uint8Array<ArrayBuffer> {
  if ("text" in content) return new TextEncoder().encode(content.text);
  return Uint8Array.from(atob(content.base64), (char) => char.charCodeAt(0));
}

function list(nodes: Node[]): Node {
  const span = h("span");
  nodes.forEach((node, index) => span.append(...(index > 0 ? [", "] : []), node));
  return span;
}

function setBadge(tab: string, number: number): void {
  const badge = byId(tab).querySelector(".badge")!;
  badge.textContent = number > 0 ? String(number) : "";
}
