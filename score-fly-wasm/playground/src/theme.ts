// Light or dark: as the system says, until the visitor chooses. See public/early.js for what is kept.

import { byId } from "./dom.ts";

const dark = matchMedia("(prefers-color-scheme: dark)");

export function startTheme(): void {
  const button = byId<HTMLButtonElement>("theme");
  const root = document.documentElement;

  const current = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");
  const show = () => {
    const next = current() === "dark" ? "light" : "dark";
    button.setAttribute("aria-label", `Switch to the ${next} theme`);
    button.title = `Switch to the ${next} theme`;
    button.dataset.shows = current();
    const background = getComputedStyle(root).getPropertyValue("background-color");
    document.querySelector('meta[name="theme-color"]')!.setAttribute("content", background);
  };

  button.addEventListener("click", () => {
    const next = current() === "dark" ? "light" : "dark";
    // Back to what the system says, the page follows it again.
    const chosen = next !== (dark.matches ? "dark" : "light");
    if (chosen) root.dataset.theme = next;
    else delete root.dataset.theme;
    try {
      if (chosen) localStorage.setItem("theme", next);
      else localStorage.removeItem("theme");
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    show();
  });
  dark.addEventListener("change", show);
  show();
}
