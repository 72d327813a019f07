// Everything that a visitor can give, and the request that it makes.

import type { Request } from "score-fly";

export interface Settings {
  appPrefix: string;
  region: string;
  image: string;
  inlineFiles: boolean;
}

export interface Inputs {
  score: string;
  overrides: string;
  outputs: string;
  /** The content of the files that the workload mounts, by their source. */
  files: Record<string, string>;
  options: Settings;
}

/** The texts that have an editor each. */
export type TextName = "score" | "overrides" | "outputs";

/** What diagnostics call the texts. */
export const SOURCE_NAMES: Record<TextName, string> = {
  score: "score.yaml",
  overrides: "overrides.yaml",
  outputs: "outputs.yaml",
};

export function emptyInputs(): Inputs {
  const options = { appPrefix: "", region: "", image: "", inlineFiles: false };
  return { score: "", overrides: "", outputs: "", files: {}, options };
}

/** Inputs out of data from outside, such as a link. What is not of the right shape is left empty. */
export function readInputs(data: unknown): Inputs {
  const { score, overrides, outputs, files, options } = mapping(data);
  const { appPrefix, region, image, inlineFiles } = mapping(options);
  const texts = Object.entries(mapping(files)).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return {
    score: text(score),
    overrides: text(overrides),
    outputs: text(outputs),
    files: Object.fromEntries(texts),
    options: {
      appPrefix: text(appPrefix),
      region: text(region),
      image: text(image),
      inlineFiles: inlineFiles === true,
    },
  };
}

export function toRequest({ score, overrides, outputs, files, options }: Inputs): Request {
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
    },
    // Offsets as the editor counts them.
    positionEncoding: "utf-16",
  };
}

function mapping(data: unknown): Record<string, unknown> {
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}

function text(data: unknown): string {
  return typeof data === "string" ? data : "";
}
