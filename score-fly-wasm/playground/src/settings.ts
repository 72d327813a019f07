// The fields of the options.

import { byId } from "./dom.ts";
import type { Settings } from "./inputs.ts";

const TEXTS = {
  appPrefix: "option-app-prefix",
  region: "option-region",
  image: "option-image",
  containers: "option-containers",
  properties: "option-properties",
  existing: "option-existing",
} as const;

type Text = keyof typeof TEXTS;

export class SettingsForm {
  readonly #texts = Object.entries(TEXTS).map(([key, id]) => [key as Text, byId<HTMLInputElement>(id)] as const);
  readonly #inlineFiles = byId<HTMLInputElement>("option-inline-files");

  constructor(onEdit: (settings: Settings) => void) {
    byId("options").addEventListener("input", () => {
      const texts = Object.fromEntries(this.#texts.map(([key, input]) => [key, input.value])) as Pick<Settings, Text>;
      onEdit({ ...texts, inlineFiles: this.#inlineFiles.checked });
    });
  }

  show(settings: Settings): void {
    for (const [key, input] of this.#texts) input.value = settings[key];
    this.#inlineFiles.checked = settings.inlineFiles;
    // What is set shows.
    if (settings.containers !== "auto" || settings.properties || settings.existing) byId<HTMLDetailsElement>("more-options").open = true;
  }
}
