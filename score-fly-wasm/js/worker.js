// The operations in a worker of their own: each gives a promise.

const NAMES = ["check", "checkFly", "convert", "decode", "flyNeeds", "importFly", "machineConfig", "needs", "requirements", "version"];

export function startWorker(source) {
  const worker = new Worker(new URL("./worker-thread.js", import.meta.url), { type: "module" });
  const waiting = new Map();
  let last = 0;
  let end;

  const stop = (message) => {
    end = message;
    worker.terminate();
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  const answered = (id) =>
    new Promise((resolve, reject) => {
      if (end !== undefined) return reject(new Error(end));
      waiting.set(id, { resolve, reject });
    });
  const ask = (operation, given) => {
    const answer = answered((last += 1));
    if (end === undefined) worker.postMessage({ id: last, operation, given });
    return answer;
  };
  worker.addEventListener("message", ({ data: { id, answer, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  // The worker's own file did not load.
  worker.addEventListener("error", ({ message }) => stop(message || "score-fly's worker did not start"));

  // It says once, as 0, that it listens: what bundlers make of it may take a while to get there.
  const started = answered(0).then(() => ask("init", source === undefined ? [] : [source instanceof URL ? source.href : source]));
  // Whoever calls hears of it.
  started.catch(() => {});
  return {
    ...Object.fromEntries(NAMES.map((name) => [name, async (...given) => (await started, ask(name, given))])),
    close: () => stop("score-fly's worker was closed"),
  };
}
