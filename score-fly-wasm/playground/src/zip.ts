// A ZIP archive of small files, stored without compression (APPNOTE 4.3).

const encoder = new TextEncoder();

/** The archive of files by path, which must be relative and have `/` between their parts. */
export function zip(files: Map<string, Uint8Array<ArrayBuffer>>): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = encoder.encode(path);
    // What the two headers of a file share: version 2.0, names in UTF-8, stored, 1 January 1980.
    const shared = [u16(20), u16(0x0800), u16(0), u16(0), u16(0x0021), u32(crc32(content))];
    const sizes = [u32(content.length), u32(content.length), u16(name.length), u16(0)];
    const local = [u32(0x04034b50), ...shared, ...sizes, name, content];
    // No comment, on the first disk, no attributes, and where the file starts.
    directory.push(u32(0x02014b50), u16(20), ...shared, ...sizes, u16(0), u16(0), u16(0), u32(0), u32(offset), name);
    parts.push(...local);
    offset += length(local);
  }
  const total = u16(files.size);
  const end = [u32(0x06054b50), u16(0), u16(0), total, total, u32(length(directory)), u32(offset), u16(0)];
  return new Blob([...parts, ...directory, ...end], { type: "application/zip" });
}

function u16(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value, value >>> 8);
}

function u32(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function length(parts: Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
