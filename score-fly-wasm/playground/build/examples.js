// The examples menu, as the module `virtual:examples`. They are cases of the shared fixtures, so
// they are known to work; a case that is gone, or that the page can't show, fails the build.

import { readFileSync } from "node:fs";

import { stringify } from "yaml";

const CASES = new URL("../../../fixtures/cases/", import.meta.url);

const GROUPS = {
  Start: {
    "idioms/everything": "A web app with a database",
    "score/minimal": "The smallest workload",
    "placeholders/missing-outputs": "A database still to fill in",
  },
  "Services and checks": {
    "services/web": "HTTP and HTTPS",
    "services/private": "A private port",
    "probes/readiness": "A health check",
  },
  "Resources and files": {
    "secrets/file": "A secret in a config file",
    "files/content": "A config file",
    "volumes/resource": "A volume",
  },
  "Fly's own settings": {
    "overrides/merge": "Overrides for one environment",
    "annotations/app": "Annotations",
    "vm/limits": "From cpu and memory to a machine size",
  },
  "Mistakes, explained": {
    "score/ten-mistakes": "Ten mistakes at once",
    "idioms/kubernetes": "A Kubernetes manifest",
    "score/old-lists": "Deprecated forms",
  },
};

export function examples() {
  const id = "virtual:examples";
  return {
    name: "examples",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(resolved) {
      if (resolved !== `\0${id}`) return undefined;
      const groups = Object.entries(GROUPS).map(([title, cases]) => ({
        title,
        examples: Object.entries(cases).map(([name, title]) => ({ name, title, ...read(name) })),
      }));
      return `export default ${JSON.stringify(groups)};`;
    },
  };
}

/** A case of the fixtures as what the page's editors and fields hold. */
function read(name) {
  const folder = new URL(`${name}/`, CASES);
  const text = (source) => source?.text ?? (source ? readFileSync(new URL(source.file, folder), "utf8") : "");
  const { description, request } = JSON.parse(readFileSync(new URL("case.json", folder), "utf8"));
  const { score, overrides = [], outputs, outputsText, files = {}, options = {}, positionEncoding: _, ...rest } = request;
  const { appPrefix = "", region = "", image = "", inlineFiles = false, ...moreOptions } = options;

  const unshown = [...Object.keys(rest), ...Object.keys(moreOptions)];
  if (overrides.length > 1 || overrides.some(({ file }) => !file)) unshown.push("overrides");
  if (outputs && outputsText) unshown.push("outputsText");
  if (Object.values(files).some((file) => file.text === undefined)) unshown.push("files");
  if (unshown.length > 0) throw new Error(`the playground can't show ${unshown.join(", ")} of the example ${name}`);

  return {
    description,
    inputs: {
      score: text(score),
      overrides: text(overrides[0]?.file),
      outputs: outputs ? stringify(outputs) : text(outputsText),
      files: Object.fromEntries(Object.entries(files).map(([path, file]) => [path, file.text])),
      options: { appPrefix, region, image, inlineFiles },
    },
  };
}
