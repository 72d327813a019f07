// Tabs by the ARIA pattern: one stop for Tab, arrows move between them, and the panel follows.

/** Makes the tabs of `list` work; each names its panel by `aria-controls`. */
export class Tabs {
  readonly #tabs: HTMLElement[];

  constructor(
    list: HTMLElement,
    private readonly onSelect: (tab: HTMLElement) => void = () => {},
  ) {
    this.#tabs = [...list.querySelectorAll<HTMLElement>("[role=tab]")];
    list.addEventListener("click", ({ target }) => {
      const tab = (target as Element).closest<HTMLElement>("[role=tab]");
      if (tab) this.select(tab.id);
    });
    list.addEventListener("keydown", (event) => {
      const last = this.#tabs.length - 1;
      const now = this.#tabs.indexOf(event.target as HTMLElement);
      const next = { ArrowRight: now === last ? 0 : now + 1, ArrowLeft: now === 0 ? last : now - 1, Home: 0, End: last }[
        event.key
      ];
      const tab = next === undefined || now < 0 ? undefined : this.#tabs[next];
      if (!tab) return;
      event.preventDefault();
      this.select(tab.id);
      tab.focus();
    });
    this.select(this.#tabs[0]!.id);
  }

  select(id: string): void {
    for (const tab of this.#tabs) {
      const selected = tab.id === id;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")!)!.hidden = !selected;
      if (selected) this.onSelect(tab);
    }
  }
}
