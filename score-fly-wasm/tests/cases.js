// The shared cases; see fixtures/README.md. Runs in Node and in browsers alike.

// `read(path)` gives the text of a file under fixtures/cases. Gives what differs, by case.
export async function run(convert, read) {
  const names = JSON.parse(await read("index.json"));
  const differences = [];
  for (const name of names) {
    const { request } = JSON.parse(await read(`${name}/case.json`));
    // Counted as in the files, unless a case is about that.
    const found = convert({ positionEncoding: "utf-32", ...(await withTexts(request, (file) => read(`${name}/${file}`))) });
    const expected = JSON.parse(await read(`${name}/expected.json`));
    if (expected.status === "success") {
      expected.toml = await read(`${name}/expected.toml`);
      delete found.config; // the same as toml, as data
    }
    if (sorted(found) !== sorted(expected)) {
      differences.push(`${name}\nfound    ${sorted(found)}\nexpected ${sorted(expected)}`);
    }
  }
  return { ran: names.length, differences };
}

// The request with the case's files in their places.
async function withTexts(value, read) {
  if (Array.isArray(value)) return Promise.all(value.map((item) => withTexts(item, read)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, item]) =>
    key === "file" && typeof item === "string"
      ? ["text", await read(item)]
      : [key, await withTexts(item, read)],
  );
  return Object.fromEntries(await Promise.all(entries));
}

// JSON with sorted keys, to compare by.
function sorted(value) {
  return JSON.stringify(value, (_key, item) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
