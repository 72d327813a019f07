// Converts away from the page's own thread, so that typing never waits.

import { convert, init, machineConfig, requirements } from "score-fly";

import type { Answer, Question } from "./converter.ts";

const ready = init();

self.addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  const { edit, request } = data;
  try {
    await ready;
    const converted = convert(request);
    const machine =
      converted.status === "success"
        ? machineConfig({ config: { name: "fly.toml", text: converted.toml }, files: converted.files })
        : undefined;
    self.postMessage({ edit, converted, machine, required: requirements(request) } satisfies Answer);
  } catch (error) {
    self.postMessage({ edit, failure: String(error) });
  }
});
