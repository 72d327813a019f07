// What was typed survives a reload, in this tab only: it may hold secrets, so it is not kept longer.

import { type Inputs, readInputs } from "./inputs.ts";

const KEY = "score-fly-draft";

let timer: ReturnType<typeof setTimeout> | undefined;
let latest: Inputs | undefined;

/** Keeps inputs when the typing pauses, or the page goes. */
export function keepDraft(inputs: Inputs): void {
  clearTimeout(timer);
  latest = inputs;
  timer = setTimeout(write, 300);
}

function write(): void {
  clearTimeout(timer);
  if (!latest) return;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(latest));
  } catch {
    // Without storage, or with none left, there is no draft.
  }
  latest = undefined;
}


export function keptDraft(): Inputs | undefined {
  write();
  try {
    const kept = sessionStorage.getItem(KEY);
    return kept === null ? undefined : readInputs(JSON.parse(kept));
  } catch {
    return undefined;
  }
}

addEventListener("pagehide", write);
