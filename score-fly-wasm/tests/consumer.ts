// A user's program. It is never run: tsc checks it in strict mode.

import { check, checkFly, convert, decode, flyNeeds, importFly, init, machineConfig, needs, requirements, version } from "score-fly";
import type {
  Base,
  Config,
  ConvertResponse,
  DiagnosticView,
  FileRead,
  FlyRequest,
  ImportResponse,
  MachineConfig,
  Need,
  PlanRequest,
  ScoreRequest,
  Severity,
  StampResponse,
  WasmSource,
} from "score-fly";
import { plan, stamp } from "score-fly/deploy";
import { codes, explain } from "score-fly/explain";
import * as inline from "score-fly/inline";
import * as schema from "score-fly/schema";
import wasm from "score-fly/score_fly.wasm";
import { startWorker } from "score-fly/worker";

const request: ScoreRequest = {
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

const flyRequest: FlyRequest = {
  config: { name: "fly.toml", text: 'app = "web"' },
  files: { "motd.txt": { text: "hello" }, "gone.txt": null },
  group: "app",
};

export function memory(): number | null {
  const answer = machineConfig(flyRequest);
  if (answer.status === "failure") return answer.diagnostics.length;
  const machine: MachineConfig = answer.machine;
  return machine.guest?.memory_mb ?? null;
}

export function mended(): string {
  const { fixed, files, diagnostics } = checkFly(flyRequest);
  return fixed ?? [...files, ...diagnostics.map(line)].join("\n");
}

export function read(request: FlyRequest, open: (path: string, from: Base[]) => FileRead | null): FlyRequest {
  const answer = flyNeeds(request);
  const lacking: Need[] = answer.status === "success" ? answer.files : [];
  if (lacking.length === 0) return request;
  const files = Object.fromEntries(lacking.map(({ path, from }) => [path, open(path, from)]));
  return read({ ...request, files: { ...request.files, ...files } }, open);
}

export function released(machine: unknown): string | null {
  const answer: StampResponse = stamp(machine);
  return answer.status === "success" ? (answer.stamp?.version ?? null) : null;
}

export function steps(observed: NonNullable<PlanRequest["observed"]>): string[] {
  const answer = plan({ config: flyRequest.config, observed });
  return answer.status === "success" ? answer.plan.steps.map(({ text }) => text) : answer.diagnostics.map(line);
}

export function imported(): string {
  const answer: ImportResponse = importFly(flyRequest);
  return answer.status === "success" ? answer.score : answer.diagnostics.map(line).join("\n");
}

export function lacking(): string[] {
  const answer = needs(request);
  return answer.status === "success" ? answer.resources.flatMap(({ outputs }) => outputs) : [];
}

export function params(): string[] {
  const all = requirements("apiVersion: score.dev/v1b1");
  if (all.status === "failure") return [];
  // @ts-expect-error: they are null where a resource has none
  return all.requirements.resources.flatMap(({ params }) => Object.keys(params));
}

export function explained(found: DiagnosticView): string {
  return explain(found.code) + (explain("nonsense") ?? codes.join()) + Object.keys(schema.score).join();
}

export async function inWorker(bytes: Uint8Array): Promise<string> {
  const { convert, decode, version, close } = startWorker(wasm);
  const text = await decode("score.yaml", bytes);
  const answer = text.status === "success" ? await convert(text.text) : text;
  close();
  return (await version()) + answer.status + inline.convert(request).status + decodeHere(bytes);
}

function decodeHere(bytes: Uint8Array): string {
  const text = decode("a", bytes);
  return text.status;
}

export async function main(): Promise<string[]> {
  const source: WasmSource = wasm;
  await init(source);
  const answer: ConvertResponse = convert(request);
  const all = requirements(request);
  const wanted = all.status === "success" ? all.requirements.resources.map(({ name, type }) => `${name}: ${type}`) : [];
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
// @ts-expect-error: a Score file is no fly.toml
machineConfig(request);
