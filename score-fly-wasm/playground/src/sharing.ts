// The button that copies a link, and the question before secrets go into one.

import { byId, count } from "./dom.ts";
import type { Inputs } from "./inputs.ts";
import { OutputsText } from "./outputs.ts";
import { toHash } from "./share.ts";

export function startSharing(inputs: () => Inputs, say: (message: string) => void): void {
  const warning = byId<HTMLDialogElement>("share-warning");
  const linkDialog = byId<HTMLDialogElement>("share-link");

  const copyLink = async (shared: Inputs) => {
    const link = new URL(await toHash(shared), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      say("Link copied");
    } catch {
      // Without leave to copy, the visitor does it.
      const field = byId<HTMLInputElement>("share-link-text");
      field.value = link;
      linkDialog.showModal();
      field.select();
    }
  };

  byId("share").addEventListener("click", () => {
    const { outputs } = inputs();
    const secrets = OutputsText.read(outputs)?.secrets;
    // In a text that can't be read, there may be any number.
    if (outputs.trim() === "" || secrets === 0) return void copyLink(inputs());
    byId("share-warning-what").textContent =
      secrets === undefined ? "outputs that can't be read, and may hold secrets," : count(secrets, "secret");
    byId("share-without").hidden = secrets === undefined;
    warning.showModal();
  });
  byId("share-with").addEventListener("click", () => {
    warning.close();
    void copyLink(inputs());
  });
  byId("share-without").addEventListener("click", () => {
    warning.close();
    const all = inputs();
    void copyLink({ ...all, outputs: OutputsText.read(all.outputs)?.withoutSecrets() ?? "" });
  });
}
