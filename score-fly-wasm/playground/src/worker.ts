// Converts away from the page's own thread, so that typing never waits.

import { convert, init, requirements } from "score-fly";

import type { Answer, Question } from "./converter.ts";

const ready = init();

self.addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  const { edit, request } = data;
  try {
    await ready;
    const answer: Answer = { edit, converted: convert(request), required: requirements(request) };
    self.postMessage(answer);
  } catch (error) {
    self.postMessage({ edit, failure: String(error) });
  }
});
