// Loading in browsers, workers and bundlers: `await init()` once, before anything else.

export function loader(start, address) {
  let started;
  let ready = false;
  return {
    init(source = address()) {
      started ??= start({ module_or_path: source }).then(
        () => {
          ready = true;
        },
        (error) => {
          started = undefined;
          throw error;
        },
      );
      return started;
    },
    ensure() {
      if (!ready) throw new Error("score-fly is not loaded yet: `await init()` before the first call");
    },
  };
}
