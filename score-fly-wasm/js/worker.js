// The operations in a worker of their own: each gives a promise.

export function startWorker(source) {
  const worker = new Worker(new URL("./worker-thread.js", import.meta.url), { type: "module" });
  const waiting = new Map();
  let last = 0;

  worker.addEventListener("message", ({ data: { id, answer, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  // The worker's own file did not load.
  worker.addEventListener("error", ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || "score-fly's worker did not start"));
    waiting.clear();
  });

  const ask = (operation, given) =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, operation, given });
    });
  const names = ["check", "checkFly", "convert", "decode", "flyNeeds", "importFly", "machineConfig", "needs", "requirements", "version"];
  const started = ask("init", source === undefined ? [] : [source instanceof URL ? source.href : source]);
  // Whoever calls hears of it.
  started.catch(() => {});
  return {
    ...Object.fromEntries(names.map((name) => [name, async (...given) => (await started, ask(name, given))])),
    close() {
      worker.terminate();
      for (const { reject } of waiting.values()) reject(new Error("score-fly's worker was closed"));
      waiting.clear();
    },
  };
}
