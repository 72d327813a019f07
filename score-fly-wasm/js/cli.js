#!/usr/bin/env node
// `npx score-fly`: convert and check, for who has Node and not the command. Its flags are those of the command.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

import { check, checkFly, convert, decode, flyNeeds, needs, version } from "./node.js";

const USAGE = `usage:
  score-fly convert [options] <score.yaml>   print the fly.toml that a Score file becomes
  score-fly check <file>...                  find mistakes in Score files and fly.toml files

options of convert:
  -o, --output <file>              write fly.toml here
      --outputs <file>             a YAML or JSON file with the outputs of resources
      --overrides-file <file>      a YAML file to merge over the Score file; may be repeated
      --override-property <p=v>    a value to set after that; may be repeated
  -i, --image <image>              the image of containers whose image is \`.\`
      --region <region>            the primary region
      --fly-app-prefix <prefix>    what to put before the workload's name to make the app's

\`-\` is standard input. The exit code is 2 if there are errors in a file, and 1 if something else went wrong.

Projects, deployments, images and functions need the command itself: https://github.com/score-fly/score-fly
`;

const OPTIONS = {
  output: { type: "string", short: "o" },
  outputs: { type: "string" },
  "overrides-file": { type: "string", multiple: true },
  "override-property": { type: "string", multiple: true },
  image: { type: "string", short: "i" },
  region: { type: "string" },
  "fly-app-prefix": { type: "string" },
};

/** What ends the run with exit code 1. */
class Failure extends Error {}

function main([command, ...rest]) {
  if (command === undefined || ["-h", "--help", "help"].includes(command)) return print(USAGE);
  if (["-V", "--version"].includes(command)) return print(`score-fly ${version()}\n`);
  if (command === "convert") return runConvert(rest);
  if (command === "check") return runCheck(rest);
  throw new Failure(`there is no command \`${command}\`\n${USAGE}`);
}

function runConvert(rest) {
  const { values, positionals } = parse(rest, OPTIONS);
  if (values.help) return print(USAGE);
  if (positionals.length !== 1) throw new Failure(`give one Score file\n${USAGE}`);
  const [path] = positionals;
  const request = {
    score: read(path),
    overrides: (values["overrides-file"] ?? []).map(read),
    overrideProperties: values["override-property"] ?? [],
    outputsText: values.outputs === undefined ? null : read(values.outputs),
    options: {
      image: values.image ?? null,
      region: values.region ?? null,
      appPrefix: values["fly-app-prefix"] ?? "",
      // As far as they can be: what is printed is one file.
      inlineFiles: true,
    },
    files: {},
    positionEncoding: "utf-32",
  };
  supply(needs, request, { score: path === "-" ? "." : dirname(path), work: "." });
  const answer = convert(request);
  tell(answer.diagnostics);
  if (answer.status === "failure") return;
  const note = (text) => process.stderr.write(`note: ${text}\n`);
  const secrets = Object.keys(answer.secrets);
  if (secrets.length > 0) note(`the app needs the secrets ${secrets.join(", ")}: set them with \`fly secrets set\``);
  for (const side of Object.keys(answer.files)) note(`the app needs the file ${side}, which only \`score-fly generate\` writes`);
  if (values.output === undefined) print(answer.toml);
  else write(values.output, answer.toml);
}

function runCheck(rest) {
  const { values, positionals } = parse(rest, {});
  if (values.help) return print(USAGE);
  if (positionals.length === 0) throw new Failure(`give files to check\n${USAGE}`);
  for (const path of positionals) {
    const text = read(path);
    const folder = path === "-" ? "." : dirname(path);
    const shared = { files: {}, positionEncoding: "utf-32" };
    if (/\.(toml|json)$/.test(path)) {
      const request = { config: text, ...shared };
      supply(flyNeeds, request, { toml: folder, work: "." });
      tell(checkFly(request).diagnostics);
    } else {
      const request = { score: text, ...shared };
      supply(needs, request, { score: folder, work: "." });
      tell(check(request).diagnostics);
    }
  }
}

function parse(args, options) {
  try {
    return parseArgs({ args, options: { ...options, help: { type: "boolean", short: "h" } }, allowPositionals: true });
  } catch (error) {
    throw new Failure(error.message);
  }
}

/** A file as requests take it. */
function read(path) {
  let bytes;
  try {
    bytes = readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${error.code ?? error.message}`);
  }
  const name = path === "-" ? "standard input" : path;
  const answer = decode(name, bytes);
  if (answer.status === "success") return { name, text: answer.text };
  tell(answer.diagnostics);
  return { name, text: "" };
}

/** Reads the files that a request lacks, until it lacks no more. */
function supply(ask, request, folders) {
  for (let lacking = ask(request).files; lacking.length > 0; lacking = ask(request).files) {
    for (const { path, from } of lacking) {
      const found = from.map((base) => join(folders[base] ?? ".", path)).find(existsSync);
      request.files[path] = found === undefined ? null : content(found);
    }
  }
}

function content(path) {
  try {
    return { base64: readFileSync(path).toString("base64") };
  } catch (error) {
    return { unreadable: error.code ?? error.message };
  }
}

function write(path, text) {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${error.code ?? error.message}`);
  }
}

/** One line for each diagnostic, and one for its help. */
function tell(diagnostics) {
  for (const { severity, code, message, location, help } of diagnostics) {
    const place = location ? `${location.source}:${location.start.line}:${location.start.column}: ` : "";
    process.stderr.write(`${printable(`${place}${severity}[${code}]: ${message}`)}\n`);
    if (help) process.stderr.write(`  help: ${printable(help)}\n`);
    if (severity === "error") process.exitCode = 2;
  }
}

/** Control characters of a file must not reach the terminal. */
function printable(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "�");
}

function print(text) {
  process.stdout.write(text);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`error: ${error.message.trimEnd()}\n`);
  process.exitCode = 1;
}
