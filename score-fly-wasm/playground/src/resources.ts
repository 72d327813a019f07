// The form of what a workload asks for: a field for each output of its resources, and a text for
// each local file that it mounts. What is typed goes into the outputs' text, and comes from there.

import type { Requirements, ResourceRequest } from "score-fly";

import { conventions, looksSecret, sample } from "./conventions.ts";
import { byId, h, icon } from "./dom.ts";
import type { Inputs } from "./inputs.ts";
import { type OutputPlace, OutputsText, splitPath } from "./outputs.ts";

interface Field {
  place: OutputPlace;
  /** The output's dotted path. */
  name: string;
  type: string;
  /** Whether the workload refers to it. */
  used: boolean;
  input: HTMLInputElement;
  lock: HTMLButtonElement;
}

export class ResourceForm {
  #fields: Field[] = [];
  #files = new Map<string, HTMLTextAreaElement>();
  #shape = "";

  constructor(
    private readonly inputs: () => Inputs,
    /** Called with the outputs' text after the form changed it. */
    private readonly onOutputs: (text: string) => void,
    private readonly onFile: (source: string, text: string) => void,
  ) {
    byId("samples").addEventListener("click", () => this.#fillSamples());
  }

  /** Shows what is required, with what is given. What could not be read is not `known` to need nothing. */
  show(requirements: Requirements, known: boolean): void {
    const outputs = OutputsText.read(this.inputs().outputs);
    byId("outputs-unreadable").hidden = outputs !== undefined;
    const resources = requirements.resources.map((resource) => {
      const key = outputs?.keyOf(resource.name, resource.uid) ?? resource.name;
      return { resource, key, names: fieldNames(resource, outputs?.names(key) ?? []) };
    });
    const sources = [...new Set(requirements.files.map(({ source }) => source))];

    // Fields stay as long as the same ones are needed, so that typing in one is not cut off.
    const shape = JSON.stringify([resources.map(({ resource: { name, type }, key, names }) => [name, type, key, names]), sources]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      const focused = document.activeElement?.id;
      this.#fields = [];
      this.#files.clear();
      byId("resources").replaceChildren(
        ...resources.map(({ resource, key, names }) => this.#resource(resource, key, names, outputs)),
        ...(sources.length > 0 ? [h("h3", {}, "Files"), ...sources.map((source) => this.#file(source))] : []),
      );
      if (focused) document.getElementById(focused)?.focus();
    }
    byId("no-needs").hidden = resources.length + sources.length > 0;
    byId("no-needs").textContent = known
      ? "Nothing to fill in: the Score file asks for no databases, other resources or files."
      : "Shows once the Score file can be read.";
    this.#fill(outputs);
  }

  #resource(resource: ResourceRequest, key: string, names: FieldNames, outputs: OutputsText | undefined): HTMLElement {
    const fields = (list: string[], used: boolean) => list.map((name) => this.#field(resource, key, name, used));
    const nothing = names.used.length + names.other.length === 0;
    return h(
      "fieldset",
      { class: "resource" },
      h("legend", {}, h("span", { class: "resource-name" }, resource.name), " ", h("span", { class: "chip" }, resource.type)),
      ...fields(names.used, true),
      nothing && h("p", { class: "quiet" }, "Nothing to fill in: the Score file uses none of its values."),
      names.other.length > 0 &&
        h(
          "details",
          { open: names.other.some((name) => outputs?.get({ resource: key, path: splitPath(name) })) },
          h("summary", {}, names.used.length > 0 ? "Values that it does not use" : "Its usual values"),
          ...fields(names.other, false),
        ),
    );
  }

  #field({ name: resource, type }: ResourceRequest, key: string, name: string, used: boolean): HTMLElement {
    const id = `output:${resource}:${name}`;
    const input = h("input", {
      id,
      placeholder: looksSecret(name) ? "" : sample(type, name),
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-required": used ? "true" : null,
      input: () => this.#write(field),
    });
    const lock = h("button", { type: "button", class: "lock", click: () => this.#toggleSecret(field) });
    const field: Field = { place: { resource: key, path: splitPath(name) }, name: `${resource}.${name}`, type, used, input, lock };
    this.#fields.push(field);
    this.#setSecret(field, looksSecret(name));
    return h("div", { class: "field" }, h("label", { for: id }, name), h("span", { class: "field-box" }, input, lock));
  }

  #file(source: string): HTMLElement {
    const id = `file:${source}`;
    const text = h("textarea", {
      id,
      rows: 4,
      spellcheck: "false",
      placeholder: "The content of this file",
      input: () => this.onFile(source, text.value),
    });
    this.#files.set(source, text);
    return h("div", { class: "file-field" }, h("label", { for: id }, h("code", {}, source)), text);
  }

  /** Takes over what the texts say, but in the field that is being typed in. */
  #fill(outputs: OutputsText | undefined): void {
    for (const field of this.#fields) {
      field.input.disabled = field.lock.disabled = outputs === undefined;
      if (!outputs) continue;
      const entry = outputs.get(field.place);
      if (entry) this.#setSecret(field, entry.secret);
      if (document.activeElement !== field.input) field.input.value = entry?.text ?? "";
      field.input.classList.toggle("wanted", field.used && entry === undefined);
    }
    byId("samples").hidden = !this.#fields.some(({ input }) => input.classList.contains("wanted"));
    const { files } = this.inputs();
    for (const [source, text] of this.#files) {
      if (document.activeElement !== text) text.value = files[source] ?? "";
      text.classList.toggle("wanted", !files[source]);
    }
  }

  #write({ place, input, lock }: Field): void {
    const outputs = OutputsText.read(this.inputs().outputs);
    if (outputs) this.onOutputs(outputs.with(place, { text: input.value, secret: isSecret(lock) }));
  }

  #toggleSecret(field: Field): void {
    this.#setSecret(field, !isSecret(field.lock));
    if (field.input.value !== "") this.#write(field);
  }

  #setSecret({ name, input, lock }: Field, secret: boolean): void {
    if (lock.hasAttribute("aria-pressed") && isSecret(lock) === secret) return;
    input.type = secret ? "password" : "text";
    lock.setAttribute("aria-pressed", String(secret));
    lock.setAttribute("aria-label", `${name} is secret`);
    lock.title = secret ? "Secret: kept out of fly.toml" : "Not secret: may stand in fly.toml";
    lock.replaceChildren(icon(secret ? "lock" : "unlock"));
  }

  #fillSamples(): void {
    let text = this.inputs().outputs;
    for (const { place, type, lock, input } of this.#fields.filter(({ input }) => input.classList.contains("wanted"))) {
      input.value = sample(type, place.path.join("."));
      text = OutputsText.read(text)?.with(place, { text: input.value, secret: isSecret(lock) }) ?? text;
    }
    this.onOutputs(text);
  }
}

function isSecret(lock: HTMLButtonElement): boolean {
  return lock.getAttribute("aria-pressed") === "true";
}

interface FieldNames {
  used: string[];
  other: string[];
}

/** The outputs that the workload refers to, and those that the type usually has or that are given. */
function fieldNames({ type, outputs: used }: ResourceRequest, given: string[]): FieldNames {
  const usual = Object.keys(conventions(type));
  const inOrder = (left: string, right: string) => rank(usual, left) - rank(usual, right);
  const covered = (output: string) => used.some((path) => path === output || splitPath(path)[0] === output);
  // A dot in a given name is part of it, and not a step of a path.
  const other = [...new Set([...usual, ...given.map((name) => name.replace(/[.\\]/g, "\\$&"))])];
  return { used: [...used].sort(inOrder), other: other.filter((output) => !covered(output)) };
}

function rank(usual: string[], output: string): number {
  const place = usual.indexOf(output);
  return place < 0 ? usual.length : place;
}
