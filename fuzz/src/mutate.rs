//! Texts made of texts.

/// Makes texts of seeds, by a sequence that depends on a number alone.
pub(crate) struct Mutator {
    seeds: Vec<String>,
    state: u64,
    next_seed: usize,
}

/// No text becomes longer than this, in bytes.
const LENGTH: usize = 48 << 10;

/// What means something in YAML, TOML, JSON, placeholders, templates or flyctl's files.
const WORDS: &[&str] = &[
    "${",
    "}",
    "$${",
    "${resources.db.host}",
    "${metadata.name}",
    "{{",
    "}}",
    "{%",
    "%}",
    "{% set a = a ~ a %}",
    "&a ",
    "*a",
    "<<: *a",
    "<<:",
    "- ",
    ": ",
    "? ",
    "|\n",
    ">-\n",
    "!!str ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "~",
    "null",
    "true",
    "on",
    "0o17",
    "0x1F",
    "1e999",
    "-0.0",
    ".nan",
    "18446744073709551616",
    "9223372036854775808",
    "1_000",
    "2001-01-01",
    "\"\"\"",
    "'''",
    "\"",
    "'",
    "#",
    "\\",
    "\\u0000",
    "\\x1b",
    "\u{0}",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffd}",
    "é",
    "😀",
    "\r\n",
    "\n",
    "\t",
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    "[[services]]\n",
    "[mounts]\n",
    "[env]\n",
    "[[vm]]\n",
    "[processes]\n",
    "[http_service]\n",
    "internal_port = 80\n",
    "app = 'x'\n",
    "[build]\n",
    "machine_config = '{}'\n",
    "image = \"nginx\"\n",
    "apiVersion: score.dev/v1b1\n",
    "metadata:",
    "containers:",
    "resources:",
    "service:",
    "ports:",
    "variables:",
    "files:",
    "volumes:",
    "livenessProbe:",
    "type: volume",
    "type: route",
    "fly.score.dev/config",
    "=",
    "[env.A]",
    "a.b.c.d=1",
    "\\n",
    "%",
    "..",
    "/",
    "//",
    "../../",
    "-",
    "--",
    "0",
    "-1",
    "65536",
    "4294967296",
    "10ms",
    "1h30m",
    "1Gi",
    "100m",
    "shared-cpu-1x",
];

impl Mutator {
    pub(crate) fn new(seeds: Vec<String>, state: u64) -> Self {
        Self { seeds, state, next_seed: 0 }
    }

    /// The next text: at first each seed as it is.
    pub(crate) fn next(&mut self) -> String {
        if let Some(seed) = self.seeds.get(self.next_seed) {
            self.next_seed += 1;
            return seed.clone();
        }
        let mut bytes = self.seed();
        for _ in 0..=self.below(6) {
            self.change(&mut bytes);
        }
        bytes.truncate(LENGTH);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn seed(&mut self) -> Vec<u8> {
        let index = self.below(self.seeds.len().max(1));
        self.seeds.get(index).cloned().unwrap_or_default().into_bytes()
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let end = at + self.below((bytes.len() - at).min(200) + 1);
        match self.below(9) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let other = self.seed();
                let from = self.below(other.len() + 1);
                let to = from + self.below((other.len() - from).min(400) + 1);
                drop(bytes.splice(at..end, other[from..to].iter().copied()));
            }
            2 => {
                let times = 1 << self.below(8);
                let part = bytes[at..end].repeat(times);
                drop(bytes.splice(at..at, part));
            }
            3 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            4 => {
                let word = WORDS[self.below(WORDS.len())].repeat(1 << self.below(10));
                drop(bytes.splice(at..at, word.into_bytes()));
            }
            5 => {
                let word = WORDS[self.below(WORDS.len())];
                drop(bytes.splice(at..end, word.bytes()));
            }
            6 => self.move_lines(bytes),
            _ => {
                let word = WORDS[self.below(WORDS.len())];
                drop(bytes.splice(at..at, word.bytes()));
            }
        }
        bytes.truncate(LENGTH);
    }

    fn move_lines(&mut self, bytes: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let (from, to) = (self.below(lines.len().max(1)), self.below(lines.len().max(1)));
        if from < lines.len() {
            let mut line = lines.remove(from);
            if self.below(3) == 0 {
                line.splice(0..0, *b"  ");
            }
            lines.insert(to.min(lines.len()), line);
        }
        *bytes = lines.concat();
    }

    /// A number below `limit`, by splitmix64.
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap_or_default()
    }
}
