// A user's program. It is never run: tsc checks it in strict mode.

import { check, convert, init, requirements, version } from "score-fly";
import type { Config, ConvertResponse, DiagnosticView, Request, Severity } from "score-fly";

const request: Request = {
  score: { name: "score.yaml", text: "apiVersion: score.dev/v1b1" },
  overrides: [{ name: "overrides.yaml", text: "{}" }],
  overrideProperties: ["metadata.name=web"],
  outputs: { db: { values: { host: "h" }, secrets: { password: "p" } } },
  files: { "motd.txt": { text: "hello" }, "logo.png": { base64: "AA==" } },
  options: { appPrefix: "acme-", image: null, region: "ams", inlineFiles: true },
  positionEncoding: "utf-16",
};

function ports(config: Config): number[] {
  return (config.services ?? []).flatMap((service) => service.ports ?? []).flatMap(({ port }) => port ?? []);
}

function line(diagnostic: DiagnosticView): string {
  const severity: Severity = diagnostic.severity;
  return `${diagnostic.location?.start.line ?? 0} ${severity} ${diagnostic.code}: ${diagnostic.help ?? ""}`;
}

export async function main(): Promise<string[]> {
  await init();
  const answer: ConvertResponse = convert(request);
  const needs = requirements(request);
  const wanted = needs.status === "success" ? needs.requirements.resources.map(({ name, type }) => `${name}: ${type}`) : [];
  const found = check(request).diagnostics.map(line);
  if (answer.status === "failure") {
    // @ts-expect-error: there is no fly.toml after a failure
    void answer.toml;
    return [...answer.diagnostics.map(line), ...found];
  }
  return [version(), answer.toml, ...Object.keys(answer.secrets), ...ports(answer.config).map(String), ...wanted];
}

// @ts-expect-error: `score` is required
convert({});
