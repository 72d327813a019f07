// The page: inputs go to the worker on every edit, and its answers to the parts that show them.

import "./style/index.css";

import type { DiagnosticView, Requirements } from "score-fly";

import { scoreCompletion } from "./completion.ts";
import { conventions } from "./conventions.ts";
import { type Answer, Converter, type Question } from "./converter.ts";
import { marksOf, showDiagnostics, summary } from "./diagnostics.ts";
import { byId } from "./dom.ts";
import { keepDraft, keptDraft } from "./draft.ts";
import { Editor } from "./editor.ts";
import { type Example, ExamplesMenu, firstExample } from "./examples.ts";
import { FlyPage } from "./fly.ts";
import { FunctionFiles } from "./function.ts";
import { emptyInputs, type Inputs, looksLikeToml, SOURCE_NAMES, type TextName, toFolder, toRequest } from "./inputs.ts";
import { ResourceForm } from "./resources.ts";
import { Results } from "./results.ts";
import { SettingsForm } from "./settings.ts";
import { fromHash } from "./share.ts";
import { startSharing } from "./sharing.ts";
import { Status } from "./status.ts";
import { Tabs } from "./tabs.ts";
import { startTheme } from "./theme.ts";

const TEXTS: TextName[] = ["score", "overrides", "outputs"];

/** Something to begin with: a fly.toml as people write it, with a mistake. */
const FLY = `app = "hello"
primary_region = "ams"
kill_timeout = 5

[build]
image = "nginx:1.29"

[http_service]
internal_port = 8080
force_https = true

[[vm]]
memory = "512mb"
`;

let inputs: Inputs = emptyInputs();
/** What the visitor wrote last. */
let own: Inputs | undefined;
/** What can stand in `${…}`. */
let placeholders = new Map<string, string>();
/** The fly.toml that was looked at last. */
let latestFly = FLY;
/** The example that is shown, or that what is shown was made of: making a function takes a moment. */
let chosen: Example | undefined;

startTheme();
const inputTabs = new Tabs(byId("input-tabs"));
const status = new Status();
const results = new Results(say);
const converter = new Converter<Question, Answer>(showAnswer, (failure) => {
  byId("result").ariaBusy = "false";
  status.show(`The converter broke off (${failure}). Reload the page if it does so again.`, "error");
});
const editors: Record<TextName, Editor> = {
  score: new Editor(byId("editor-score"), "Score file", "yaml", (score, isOther) => {
    if (isOther) dropExample();
    edit({ score });
  }, scoreCompletion(() => placeholders)),
  overrides: new Editor(byId("editor-overrides"), "Overrides", "yaml", (overrides) => edit({ overrides })),
  outputs: new Editor(byId("editor-outputs"), "Resource outputs", "yaml", (outputs) => edit({ outputs })),
};
const functionFiles = new FunctionFiles((folder) => edit({ function: folder }));
const settings = new SettingsForm((options) => edit({ options }));
const resources = new ResourceForm(
  () => inputs,
  (outputs) => {
    editors.outputs.text = outputs;
    edit({ outputs });
  },
  (source, text) => edit({ files: { ...inputs.files, [source]: text } }),
);
const menu = new ExamplesMenu(chosenInMenu);
startSharing(() => inputs, say);
const flyPage = new FlyPage((fly) => edit({ fly }), goOnWith, say);
byId("way-score").addEventListener("click", () => goTo(undefined));
byId("way-fly").addEventListener("click", () => goTo(latestFly));
byId("open-toml").addEventListener("click", () => goTo(inputs.score));
byId("version").textContent = `score-fly ${__VERSION__}`;
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
      void choose(firstExample);
    }
  }
  if (import.meta.env.PROD) navigator.serviceWorker?.register("./service-worker.js").catch(() => {});
}

/** Loads what the address holds, and answers whether it did. */
async function loadLink(): Promise<boolean> {
  const shared = await fromHash(location.hash);
  if (shared.kind === "inputs") {
    chosen = undefined;
    menu.show(undefined);
    load(shared.inputs);
  }
  byId("notice").hidden = shared.kind !== "unreadable";
  if (shared.kind === "unreadable") byId("notice-text").textContent = shared.why;
  return shared.kind === "inputs";
}

/** Shows an example, or the visitor's own again; the answer is whether that was wanted. */
async function chosenInMenu(example: Example | undefined): Promise<boolean> {
  if (example && menu.isOwn && !(await confirmed("replace"))) return false;
  if (example) void choose(example);
  else {
    chosen = undefined;
    load(own ?? keptDraft() ?? inputs);
  }
  return true;
}

/** Asks, and answers whether the visitor agreed. */
function confirmed(id: string): Promise<boolean> {
  const dialog = byId<HTMLDialogElement>(id);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/** What is of an example in the other inputs has nothing to do with another Score file. */
function dropExample(): void {
  menu.replaced();
  const example = chosen?.inputs;
  chosen = undefined;
  if (!example) return;
  const empty = emptyInputs();
  const names = (["overrides", "outputs", "files", "options"] as const).filter((name) => {
    const [there, given, none] = [inputs[name], example[name], empty[name]].map((value) => JSON.stringify(value));
    return there === given && there !== none;
  });
  if (names.length === 0) return;
  inputs = { ...inputs, ...Object.fromEntries(names.map((name) => [name, empty[name]])) };
  editors.overrides.text = inputs.overrides;
  editors.outputs.text = inputs.outputs;
  settings.show(inputs.options);
  say("The example’s values and options went with its Score file.");
}

async function choose(example: Example): Promise<void> {
  chosen = example;
  if (example.inputs) return load(example.inputs);
  byId("result").ariaBusy = "true";
  const name = "hello";
  const made = await converter.scaffold({ name, runtime: example.runtime! });
  if (chosen !== example) return;
  if ("failure" in made || made.status === "failure") {
    const why = "failure" in made ? made.failure : summary(made.diagnostics);
    byId("result").ariaBusy = "false";
    return status.show(`The function could not be made (${why}). Choose it again to try once more.`, "error");
  }
  const texts = Object.entries(made.files).map(([path, content]) => [path, "text" in content ? content.text : ""]);
  const { [SOURCE_NAMES.score]: score = "", ...files } = Object.fromEntries(texts) as Record<string, string>;
  load({ ...emptyInputs(), score, function: { name, files } });
}

/** Puts other inputs in place of all that is there. */
function load(other: Inputs): void {
  inputs = structuredClone(other);
  for (const name of TEXTS) {
    editors[name].text = inputs[name];
    editors[name].marks = [];
  }
  showWay();
  if (inputs.fly !== undefined) flyPage.text = inputs.fly;
  functionFiles.show(inputs.function);
  inputTabs.offer("tab-function", inputs.function !== undefined);
  settings.show(inputs.options);
  results.clear(inputs.function !== undefined);
  resources.show({ resources: [], files: [], images: [] }, false);
  byId("is-toml").hidden = !looksLikeToml(inputs.score);
  inputTabs.select(inputs.function ? "tab-function" : "tab-score");
  convert(0);
}

/** Looks at a fly.toml, or at the Score file. */
function goTo(fly: string | undefined): void {
  inputs = { ...inputs, fly };
  showWay();
  if (fly !== undefined) flyPage.text = fly;
}

function showWay(): void {
  const isFly = inputs.fly !== undefined;
  byId("from-fly").hidden = !isFly;
  byId("from-score").hidden = isFly;
  byId("way-fly").ariaPressed = String(isFly);
  byId("way-score").ariaPressed = String(!isFly);
}

/** Goes on with the Score file of a fly.toml. */
async function goOnWith(score: string): Promise<void> {
  const isOther = menu.isOwn && inputs.score.trim() !== "" && inputs.score !== score;
  if (isOther && !(await confirmed("go-on"))) return;
  menu.show(undefined);
  chosen = undefined;
  load({ ...emptyInputs(), score });
  edit({});
}

function edit(change: Partial<Inputs>): void {
  inputs = { ...inputs, ...change };
  // The address no longer tells what is here; the draft does.
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  // The Score file stays what it was.
  if (!("fly" in change)) menu.edited();
  own = inputs;
  latestFly = inputs.fly ?? latestFly;
  byId("is-toml").hidden = !looksLikeToml(inputs.score);
  keepDraft(inputs);
  convert();
}

function convert(pause?: number): void {
  byId("result").ariaBusy = "true";
  converter.edited(() => ({ request: toRequest(inputs), folder: toFolder(inputs) }), pause);
}

function showAnswer({ converted, built, machine, required }: Answer): void {
  byId("result").ariaBusy = "false";
  // The conversion says what is wrong with the Score file.
  const own = built?.diagnostics.filter(({ location }) => location?.source !== SOURCE_NAMES.score) ?? [];
  const diagnostics = [...own, ...converted.diagnostics];
  for (const name of TEXTS) {
    editors[name].marks = marksOf(SOURCE_NAMES[name], diagnostics);
    showErrors(`tab-${name}`, ({ location }) => location?.source === SOURCE_NAMES[name]);
    byId(`tab-${name}`).classList.toggle("filled", inputs[name].trim() !== "");
  }
  functionFiles.mark(own);
  showErrors("tab-function", (diagnostic) => own.includes(diagnostic));
  editors.outputs.readsAs = inputs.outputs.trimStart().startsWith("{") ? "json" : "yaml";
  const textOf = (source: string) => TEXTS.find((name) => SOURCE_NAMES[name] === source);
  const hasEditor = (source: string) => textOf(source) !== undefined || functionFiles.has(source);
  showDiagnostics(byId("problems"), diagnostics, hasEditor, (source, offset) => {
    const name = textOf(source);
    inputTabs.select(`tab-${name ?? "function"}`);
    if (name) editors[name].focus(offset);
    else functionFiles.focus(source, offset);
  });
  // While the Score file can't be read, what it was known to need stays.
  if (required.status === "success") showRequirements(required.requirements);
  const found = summary(diagnostics);
  results.show(converted, built, machine, found, diagnostics.find(isError));
  if (diagnostics.some(isError)) status.show(found, "error");
  else status.show(found ? `Converted, with ${found}` : "Converted, no problems", found ? "warning" : "good");

  function showErrors(tab: string, isThere: (diagnostic: DiagnosticView) => boolean): void {
    const errors = diagnostics.filter((diagnostic) => isError(diagnostic) && isThere(diagnostic)).length;
    byId(tab).querySelector(".badge")!.textContent = errors > 0 ? String(errors) : "";
  }
}

function isError({ severity }: DiagnosticView): boolean {
  return severity === "error";
}

function showRequirements(requirements: Requirements): void {
  placeholders = new Map([["metadata.name", "the workload’s name"]]);
  for (const { name, type, outputs } of requirements.resources) {
    placeholders.set(`resources.${name}`, type);
    for (const output of new Set([...Object.keys(conventions(type)), ...outputs])) placeholders.set(`resources.${name}.${output}`, type);
  }
  resources.show(requirements, true);
  results.showRequirements(requirements);
}

/** A message that goes away again. */
function say(message: string): void {
  const toast = byId("toast");
  toast.textContent = message;
  toast.classList.add("shown");
  setTimeout(() => toast.classList.remove("shown"), 2500);
}
