// The examples menu, as the module `virtual:examples`. They are cases of the shared fixtures, so
// they are known to work; a case that is gone, or that the page can't show, fails the build.

import { readFileSync } from "node:fs";

import { stringify } from "yaml";

const CASES = new URL("../../../fixtures/cases/", import.meta.url);

// By the case's name: the title in the menu, and what there is to see.
const GROUPS = {
  Start: {
    "idioms/everything": ["A web app with a database", "A web app with a database, a public address, a volume and a health check."],
    "score/minimal": ["The smallest workload", "A name and a container: that is all a workload must have."],
    "placeholders/missing-outputs": [
      "A database still to fill in",
      "The workload uses a database. Say where it is in the fields of what it needs.",
    ],
  },
  "Services and checks": {
    "services/web": ["HTTP and HTTPS", "Ports 80 and 443 go to the same target port, so they become one service."],
    "services/private": ["A private port", "An annotation keeps a port off the internet: other machines reach it directly."],
    "probes/readiness": ["A health check", "The readiness probe of a service's port becomes the check of that service."],
  },
  "Resources and files": {
    "secrets/file": ["A secret in a config file", "A file that holds a secret becomes a secret itself, mounted from there."],
    "files/content": ["A config file", "The file is written beside fly.toml, with its placeholders filled: see Files."],
    "volumes/resource": ["A volume", "The outputs of the volume's resource set the name and size of the mount."],
  },
  "Fly's own settings": {
    "overrides/merge": ["Overrides for one environment", "What stands under Overrides is merged over this file."],
    "annotations/app": ["Annotations", "What Fly has and Score does not is set by annotations."],
    "vm/limits": ["From cpu and memory to a machine", "The smallest machine that covers both requests and limits is chosen."],
  },
  "Mistakes, explained": {
    "score/ten-mistakes": ["Ten mistakes at once", "All are found in one go. Choose one below to get to its place."],
    "idioms/kubernetes": ["A Kubernetes manifest", "It is no Score file, and the answer says what would make it one."],
    "score/old-lists": ["Deprecated forms", "Lists from older Score files are still read, with a warning."],
  },
};

/** New functions, which the page makes itself: by their runtime. */
const FUNCTIONS = {
  flask: ["Python with Flask", "One file of Python, and a runtime that adds the server, the Dockerfile and what to deploy."],
  express: ["JavaScript with Express", "One file of JavaScript, and a runtime that adds the server, the Dockerfile and what to deploy."],
  axum: ["Rust with axum", "A router in Rust, and a runtime that adds the server, the Dockerfile and what to deploy."],
  static: ["Web pages", "Pages as they are, and a runtime that adds the server, the Dockerfile and what to deploy."],
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
        examples: Object.entries(cases).map(([name, [title, description]]) => ({ name, title, description, inputs: read(name) })),
      }));
      const functions = Object.entries(FUNCTIONS).map(([runtime, [title, description]]) => ({
        name: `function/${runtime}`,
        title,
        description,
        runtime,
      }));
      groups.splice(1, 0, { title: "A function", examples: functions });
      return `export default ${JSON.stringify(groups)};`;
    },
  };
}

/** A case of the fixtures as what the page's editors and fields hold. */
function read(name) {
  const folder = new URL(`${name}/`, CASES);
  const text = (source) => source?.text ?? (source ? readFileSync(new URL(source.file, folder), "utf8") : "");
  const { request } = JSON.parse(readFileSync(new URL("case.json", folder), "utf8"));
  const { score, overrides = [], outputs, outputsText, files = {}, options = {}, positionEncoding: _, ...rest } = request;
  const { appPrefix = "", region = "", image = "", inlineFiles = false, containers = "auto", ...moreOptions } = options;

  const unshown = [...Object.keys(rest), ...Object.keys(moreOptions)];
  if (overrides.length > 1) unshown.push("overrides");
  if (outputs && outputsText) unshown.push("outputsText");
  if (Object.values(files).some((file) => file.text === undefined)) unshown.push("files");
  if (unshown.length > 0) throw new Error(`the playground can't show ${unshown.join(", ")} of the example ${name}`);

  return {
    score: text(score),
    overrides: text(overrides[0]),
    outputs: outputs ? stringify(outputs) : text(outputsText),
    files: Object.fromEntries(Object.entries(files).map(([path, file]) => [path, file.text])),
    options: { appPrefix, region, image, inlineFiles, containers, properties: "", existing: "" },
  };
}
