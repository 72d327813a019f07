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
      const tabs = this.#tabs.filter((tab) => !tab.hidden);
      const last = tabs.length - 1;
      const now = tabs.indexOf(event.target as HTMLElement);
      const next = { ArrowRight: now === last ? 0 : now + 1, ArrowLeft: now === 0 ? last : now - 1, Home: 0, End: last }[
        event.key
      ];
      const tab = next === undefined || now < 0 ? undefined : tabs[next];
      if (!tab) return;
      event.preventDefault();
      this.select(tab.id);
      tab.focus();
    });
    this.select(this.#tabs.find((tab) => !tab.hidden)!.id);
  }

  /** Offers a tab, or takes it away: then the next one is selected in its place. */
  offer(id: string, offered: boolean): void {
    const tab = this.#tabs.find((tab) => tab.id === id)!;
    tab.hidden = !offered;
    if (!offered && tab.ariaSelected === "true") this.select(this.#tabs.find((tab) => !tab.hidden)!.id);
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
