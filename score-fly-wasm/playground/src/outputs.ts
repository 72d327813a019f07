// Reads and changes single outputs in the text of all outputs, keeping comments and order. The rules
// of the text are those of the request's `outputsText`.

import { Document, isCollection, isMap, isScalar, parseDocument, Scalar, stringify, type YAMLMap } from "yaml";

/** Where an output stands: the key of its resource, and its path within. */
export interface OutputPlace {
  resource: string;
  path: string[];
}

export interface OutputEntry {
  text: string;
  secret: boolean;
}

/** The outputs of a text, or nothing if it can't be read. */
export class OutputsText {
  static read(text: string): OutputsText | undefined {
    const document = parseDocument(text);
    const readable = document.errors.length === 0 && (document.contents === null || isMap(document.contents));
    return readable ? new OutputsText(document, text) : undefined;
  }

  private constructor(
    private readonly document: Document,
    private readonly text: string,
  ) {}

  /** The key under which the outputs of a resource stand; new ones go under its name. */
  keyOf(name: string, uid: string): string {
    return !this.document.has(name) && this.document.has(uid) ? uid : name;
  }

  /** The names of a resource's outputs that are single values. */
  names(resource: string): string[] {
    const entry = this.document.get(resource);
    const parts = isExplicit(entry) ? ["values", "secrets"].map((part) => entry.get(part)) : [entry];
    const pairs = parts.filter(isMap).flatMap((part) => part.items);
    return pairs.filter(({ value }) => !isCollection(value)).map(({ key }) => String(isScalar(key) ? key.value : key));
  }

  get({ resource, path }: OutputPlace): OutputEntry | undefined {
    const entry = this.document.get(resource);
    const parts = isExplicit(entry) ? (["secrets", "values"] as const) : ([undefined] as const);
    for (const part of parts) {
      const value = this.document.getIn([resource, ...(part ? [part] : []), ...path]);
      if (value === undefined) continue;
      const shown = typeof value === "string" ? value : JSON.stringify(value);
      return { text: shown, secret: part === "secrets" };
    }
    return undefined;
  }

  /** The text with an output set, or taken out if it is empty. */
  with(place: OutputPlace, entry: OutputEntry): string {
    return this.#inPlace(place, entry) ?? this.#rewritten(place, entry);
  }

  /** With the value changed where it stands: all else stays as it is written. Nothing, if it stands elsewhere or not at all. */
  #inPlace({ resource, path }: OutputPlace, { text, secret }: OutputEntry): string | undefined {
    const explicit = isExplicit(this.document.get(resource));
    if (text === "" || (secret && !explicit)) return undefined;
    const part = explicit ? [secret ? "secrets" : "values"] : [];
    const value = this.document.getIn([resource, ...part, ...path], true);
    if (!isScalar(value) || !value.range || value.type?.startsWith("BLOCK") || value.anchor || value.tag) return undefined;
    const [start, end] = value.range;
    if (start === end) return undefined;
    const written = isJson(this.text) ? JSON.stringify(scalar(text, secret).value) : stringify(scalar(text, secret), { lineWidth: 0 }).trimEnd();
    return this.text.slice(0, start) + written + this.text.slice(end);
  }

  #rewritten({ resource, path }: OutputPlace, { text, secret }: OutputEntry): string {
    const document = this.document.clone() as Document;
    const entry = makeExplicit(document, resource);
    for (const part of ["values", "secrets"]) remove(entry, [part, ...path]);
    if (text !== "") set(document, entry, [secret ? "secrets" : "values", ...path], text, secret);
    if (entry.items.length === 0) document.delete(resource);
    return this.#write(document);
  }

  /** How many secrets there are. */
  get secrets(): number {
    return this.#secretParts(this.document).reduce((sum, part) => sum + part.items.length, 0);
  }

  /** The text without secrets, fit to be shown to others: whoever gets it is asked for them. */
  withoutSecrets(): string {
    const document = this.document.clone() as Document;
    const entries = isMap(document.contents) ? document.contents.items.map(({ value }) => value) : [];
    for (const entry of entries.filter(isMap)) {
      if (isMap(entry.get("secrets"))) entry.delete("secrets");
    }
    // A comment may well hold what was tried before.
    return document.contents === null ? "" : this.#write(new Document(document.toJS()));
  }

  #secretParts(document: Document): YAMLMap[] {
    const entries = isMap(document.contents) ? document.contents.items.map(({ value }) => value) : [];
    return entries.filter(isMap).map((entry) => entry.get("secrets")).filter(isMap);
  }

  #write(document: Document): string {
    if (isMap(document.contents) && document.contents.items.length === 0) return "";
    // JSON stays JSON.
    if (isJson(this.text)) return `${JSON.stringify(document.toJS(), null, 2)}\n`;
    return document.toString({ lineWidth: 0, flowCollectionPadding: !/\{\S/.test(this.text) });
  }
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith("{");
}

/** The keys of an output's dotted path; a dot within a key is written `\.`. */
export function splitPath(path: string): string[] {
  const keys = path.match(/(?:\\[^]|[^.\\])+/g) ?? [];
  return keys.map((key) => key.replace(/\\([^])/g, "$1"));
}

/** Whether an entry has its outputs under `values` and `secrets`; if not, they are all values. */
function isExplicit(entry: unknown): entry is YAMLMap {
  return isMap(entry) && (entry.has("secrets") || (entry.items.length === 1 && isMap(entry.get("values"))));
}

function makeExplicit(document: Document, resource: string): YAMLMap {
  if (document.contents === null) document.contents = document.createNode({}) as never;
  const entry = document.get(resource);
  if (isExplicit(entry)) return entry;
  const explicit = document.createNode(isMap(entry) ? { values: null } : {}) as YAMLMap;
  if (isMap(entry)) explicit.set("values", entry);
  document.set(resource, explicit);
  return explicit;
}

/** Takes out what stands at a path, and the maps that become empty by it. */
function remove(map: YAMLMap, [key, ...rest]: string[]): void {
  const value = map.get(key);
  if (rest.length === 0) map.delete(key);
  else if (isMap(value)) {
    remove(value, rest);
    if (value.items.length === 0) map.delete(key);
  }
}

function set(document: Document, map: YAMLMap, [key, ...rest]: string[], text: string, secret: boolean): void {
  if (rest.length === 0) {
    map.set(key, scalar(text, secret));
    return;
  }
  const value = map.get(key);
  const next = isMap(value) ? value : (document.createNode({}) as YAMLMap);
  if (next !== value) map.set(key, next);
  set(document, next, rest, text, secret);
}

function scalar(text: string, secret: boolean): Scalar {
  if (!secret && /^(0|[1-9]\d{0,14})$/.test(text)) return new Scalar(Number(text));
  const scalar = new Scalar(text);
  // Plain scalars mean different things to different readers of YAML, such as `no` or `1e3`; words
  // and host names do not.
  const plain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  if (!plain) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
