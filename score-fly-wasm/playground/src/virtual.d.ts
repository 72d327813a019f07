// Modules that the build makes: see build/.

declare module "virtual:examples" {
  import type { Example } from "./examples.ts";
  const groups: { title: string; examples: Example[] }[];
  export default groups;
}

declare module "virtual:diagnostic-pages" {
  const pages: Record<string, string>;
  export default pages;
}
