// Everything that a visitor can give, and the request that it makes.

import type { ScoreRequest } from "score-fly";

export interface Settings {
  appPrefix: string;
  region: string;
  image: string;
  inlineFiles: boolean;
  /** Whether the workload runs in Fly's containers. */
  containers: "auto" | "always" | "never";
  /** Override properties, one a line. */
  properties: string;
  /** A fly.toml to write over. */
  existing: string;
}

/** A function: a folder of code, whose runtime makes a Docker context of it. */
export interface FunctionFolder {
  name: string;
  /** The texts of its files by path, but for score.yaml, which is the Score file. */
  files: Record<string, string>;
}

export interface Inputs {
  score: string;
  overrides: string;
  outputs: string;
  /** The content of the files that the workload mounts, by their source. */
  files: Record<string, string>;
  options: Settings;
  /** Without one, the workload is all there is. */
  function?: FunctionFolder | undefined;
  /** A fly.toml, if that is what is looked at. */
  fly?: string | undefined;
}

/** The texts that have an editor each. */
export type TextName = "score" | "overrides" | "outputs";

/** What diagnostics call the texts. */
export const SOURCE_NAMES: Record<TextName, string> = {
  score: "score.yaml",
  overrides: "overrides.yaml",
  outputs: "outputs.yaml",
};

/** Whether a text that should be a Score file is rather a fly.toml: its first line says it. */
export function looksLikeToml(text: string): boolean {
  const first = text.split("\n").find((line) => /^\s*[^\s#]/.test(line)) ?? "";
  return /^\s*(\[\[?[\w."-]+\]\]?|[\w"-]+\s*=\s*\S.*)\s*$/.test(first);
}

export function emptyInputs(): Inputs {
  const options: Settings = {
    appPrefix: "",
    region: "",
    image: "",
    inlineFiles: false,
    containers: "auto",
    properties: "",
    existing: "",
  };
  return { score: "", overrides: "", outputs: "", files: {}, options };
}

/** Inputs out of data from outside, such as a link. What is not of the right shape is left empty. */
export function readInputs(data: unknown): Inputs {
  const { score, overrides, outputs, files, options, function: folder, fly } = mapping(data);
  const { appPrefix, region, image, inlineFiles, containers, properties, existing } = mapping(options);
  const { name, files: own } = mapping(folder);
  return {
    score: text(score),
    overrides: text(overrides),
    outputs: text(outputs),
    files: texts(files),
    function: typeof name === "string" ? { name, files: texts(own) } : undefined,
    fly: typeof fly === "string" ? fly : undefined,
    options: {
      appPrefix: text(appPrefix),
      region: text(region),
      image: text(image),
      inlineFiles: inlineFiles === true,
      containers: containers === "always" || containers === "never" ? containers : "auto",
      properties: text(properties),
      existing: text(existing),
    },
  };
}

/** All files of a function. */
export function toFolder({ function: folder, score }: Inputs): FunctionFolder | undefined {
  return folder && { name: folder.name, files: { ...folder.files, [SOURCE_NAMES.score]: score } };
}

export function toRequest({ score, overrides, outputs, files, options }: Inputs): ScoreRequest {
  const source = (name: TextName, text: string) => ({ name: SOURCE_NAMES[name], text });
  const given = Object.entries(files).filter(([, text]) => text !== "");
  return {
    score: source("score", score),
    // A text that holds nothing is not given, rather than an empty document.
    overrides: overrides.trim() ? [source("overrides", overrides)] : [],
    outputsText: outputs.trim() ? source("outputs", outputs) : null,
    files: Object.fromEntries(given.map(([path, text]) => [path, { text }])),
    options: {
      appPrefix: options.appPrefix.trim(),
      region: options.region.trim() || null,
      image: options.image.trim() || null,
      inlineFiles: options.inlineFiles,
      containers: options.containers,
    },
    overrideProperties: options.properties.split("\n").filter((line) => line.trim() !== ""),
    existing: options.existing.trim() ? { name: "fly.toml", text: options.existing } : null,
    // Offsets as the editor counts them.
    positionEncoding: "utf-16",
  };
}

function mapping(data: unknown): Record<string, unknown> {
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}

function texts(data: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(mapping(data)).filter((entry) => typeof entry[1] === "string")) as Record<string, string>;
}

function text(data: unknown): string {
  return typeof data === "string" ? data : "";
}
