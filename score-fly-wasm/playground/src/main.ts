// The page: inputs go to the worker on every edit, and its answers to the parts that show them.

import "./style/index.css";

import type { Requirements } from "score-fly";

import { type Answer, Converter } from "./converter.ts";
import { marksOf, showDiagnostics, summary } from "./diagnostics.ts";
import { byId } from "./dom.ts";
import { keepDraft, keptDraft } from "./draft.ts";
import { Editor } from "./editor.ts";
import { ExamplesMenu, firstExample } from "./examples.ts";
import { emptyInputs, type Inputs, type TextName, toRequest } from "./inputs.ts";
import { ResourceForm } from "./resources.ts";
import { Results } from "./results.ts";
import { SettingsForm } from "./settings.ts";
import { fromHash } from "./share.ts";
import { startSharing } from "./sharing.ts";
import { Status } from "./status.ts";
import { Tabs } from "./tabs.ts";
import { startTheme } from "./theme.ts";

const TEXTS: TextName[] = ["score", "overrides", "outputs"];

let inputs: Inputs = emptyInputs();

startTheme();
const inputTabs = new Tabs(byId("input-tabs"));
const status = new Status();
const results = new Results(say);
const converter = new Converter(showAnswer, (failure) => {
  byId("result").ariaBusy = "false";
  status.show(`The converter broke off (${failure}). Reload the page if it does so again.`, "error");
});
const editors: Record<TextName, Editor> = {
  score: new Editor(byId("editor-score"), "Score file", "yaml", (score) => edit({ score })),
  overrides: new Editor(byId("editor-overrides"), "Overrides", "yaml", (overrides) => edit({ overrides })),
  outputs: new Editor(byId("editor-outputs"), "Resource outputs", "yaml", (outputs) => edit({ outputs })),
};
const settings = new SettingsForm((options) => edit({ options }));
const resources = new ResourceForm(
  () => inputs,
  (outputs) => {
    editors.outputs.text = outputs;
    edit({ outputs });
  },
  (source, text) => edit({ files: { ...inputs.files, [source]: text } }),
);
const menu = new ExamplesMenu((example) => load(example.inputs));
startSharing(() => inputs, say);
for (const button of document.querySelectorAll<HTMLButtonElement>("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog")!.close());
}
addEventListener("hashchange", () => void loadLink());
void start();

async function start(): Promise<void> {
  if (!(await loadLink())) {
    const draft = keptDraft();
    if (draft) {
      menu.show(undefined);
      load(draft);
    } else {
      menu.show(firstExample);
      load(firstExample.inputs);
    }
  }
  if (import.meta.env.PROD) navigator.serviceWorker?.register("./service-worker.js").catch(() => {});
}

/** Loads what the address holds, and answers whether it did. */
async function loadLink(): Promise<boolean> {
  const shared = await fromHash(location.hash);
  if (shared.kind === "inputs") {
    menu.show(undefined);
    load(shared.inputs);
  }
  byId("notice").hidden = shared.kind !== "unreadable";
  if (shared.kind === "unreadable") byId("notice-text").textContent = shared.why;
  return shared.kind === "inputs";
}

/** Puts other inputs in place of all that is there. */
function load(other: Inputs): void {
  inputs = structuredClone(other);
  for (const name of TEXTS) {
    editors[name].text = inputs[name];
    editors[name].marks = [];
  }
  settings.show(inputs.options);
  results.clear();
  showRequirements({ resources: [], files: [], images: [] });
  inputTabs.select("tab-score");
  convert(0);
}

function edit(change: Partial<Inputs>): void {
  inputs = { ...inputs, ...change };
  // The address no longer tells what is here; the draft does.
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  menu.edited();
  keepDraft(inputs);
  convert();
}

function convert(pause?: number): void {
  byId("result").ariaBusy = "true";
  converter.edited(() => toRequest(inputs), pause);
}

function showAnswer({ converted, machine, required }: Answer): void {
  byId("result").ariaBusy = "false";
  const { diagnostics } = converted;
  for (const name of TEXTS) {
    const marks = marksOf(name, diagnostics);
    editors[name].marks = marks;
    const tab = byId(`tab-${name}`);
    const errors = marks.filter(({ severity }) => severity === "error").length;
    tab.querySelector(".badge")!.textContent = errors > 0 ? String(errors) : "";
    tab.classList.toggle("filled", inputs[name].trim() !== "");
  }
  editors.outputs.readsAs = inputs.outputs.trimStart().startsWith("{") ? "json" : "yaml";
  showDiagnostics(diagnostics, (name, offset) => {
    inputTabs.select(`tab-${name}`);
    editors[name].focus(offset);
  });
  // While the Score file can't be read, what it was known to need stays.
  if (required.status === "success") showRequirements(required.requirements);
  const found = summary(diagnostics);
  results.show(converted, machine, found);
  if (converted.status === "failure") status.show(found, "error");
  else status.show(found ? `Converted, with ${found}` : "Converted, no problems", found ? "warning" : "good");
}

function showRequirements(requirements: Requirements): void {
  resources.show(requirements);
  results.showRequirements(requirements);
}

/** A message that goes away again. */
function say(message: string): void {
  const toast = byId("toast");
  toast.textContent = message;
  toast.classList.add("shown");
  setTimeout(() => toast.classList.remove("shown"), 2500);
}
