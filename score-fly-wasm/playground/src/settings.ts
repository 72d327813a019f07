// The fields of the options.

import { byId } from "./dom.ts";
import type { Settings } from "./inputs.ts";

const TEXTS = { appPrefix: "option-app-prefix", region: "option-region", image: "option-image" } as const;

export class SettingsForm {
  readonly #texts = Object.entries(TEXTS).map(([key, id]) => [key as keyof typeof TEXTS, byId<HTMLInputElement>(id)] as const);
  readonly #inlineFiles = byId<HTMLInputElement>("option-inline-files");

  constructor(onEdit: (settings: Settings) => void) {
    byId("options").addEventListener("input", () => {
      const { appPrefix, region, image } = Object.fromEntries(
        this.#texts.map(([key, input]) => [key, input.value]),
      ) as Record<keyof typeof TEXTS, string>;
      onEdit({ appPrefix, region, image, inlineFiles: this.#inlineFiles.checked });
    });
  }

  show(settings: Settings): void {
    for (const [key, input] of this.#texts) input.value = settings[key];
    this.#inlineFiles.checked = settings.inlineFiles;
  }
}
