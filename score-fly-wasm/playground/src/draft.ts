// What was typed survives a reload, in this tab only: it may hold secrets, so it is not kept longer.

import { type Inputs, readInputs } from "./inputs.ts";

const KEY = "score-fly-draft";

export function keepDraft(inputs: Inputs): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(inputs));
  } catch {
    // Without storage, or with none left, there is no draft.
  }
}

export function keptDraft(): Inputs | undefined {
  try {
    const kept = sessionStorage.getItem(KEY);
    return kept === null ? undefined : readInputs(JSON.parse(kept));
  } catch {
    return undefined;
  }
}
