// Converts away from the page's own thread, so that typing never waits.

import { checkFly, convert, importFly, init, machineConfig, requirements } from "score-fly";

import type { Answer, FlyAnswer, FlyQuestion, Question } from "./converter.ts";
import type { NewFunction } from "./functions.ts";

const ready = init();

self.addEventListener("message", async ({ data, ports: [port] }: MessageEvent<Question | FlyQuestion | NewFunction>) => {
  try {
    if ("runtime" in data) port!.postMessage((await functions()).scaffold(data));
    else self.postMessage("config" in data ? await answerFly(data) : await answer(data));
  } catch (error) {
    (port ?? self).postMessage({ failure: String(error) });
  }
});

async function answer({ edit, request, folder }: Question): Promise<Answer> {
  await ready;
  const built = folder && (await functions()).build(folder);
  const converted = convert(request);
  const machine =
    converted.status === "success"
      ? machineConfig({ config: { name: "fly.toml", text: converted.toml }, files: converted.files })
      : undefined;
  return { edit, converted, built, machine, required: requirements(request) };
}

async function answerFly({ edit, config, group }: FlyQuestion): Promise<FlyAnswer> {
  await ready;
  return { edit, checked: checkFly({ config }), imported: importFly({ config }), machine: machineConfig({ config, group }) };
}

const functions = () => import("./functions.ts");
