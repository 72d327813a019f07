// Mistakes: as marks in the editors, as a list that leads to them, and the page of each kind.

import type { DiagnosticView } from "score-fly";
import pages from "virtual:diagnostic-pages";

import { byId, count, h, icon, prose } from "./dom.ts";
import type { Mark } from "./editor.ts";

const REPOSITORY = "https://github.com/score-fly/score-fly/blob/main/docs/diagnostics";

/** Shows the list of what is wrong in a section. `jump` leads to a place in a text that has an editor. */
export function showDiagnostics(
  section: HTMLElement,
  diagnostics: DiagnosticView[],
  hasEditor: (source: string) => boolean,
  jump: (source: string, offset: number) => void,
): void {
  section.querySelector("ol")!.replaceChildren(
    ...diagnostics.map((diagnostic) => {
      const { severity, message, help, location } = diagnostic;
      const body = [
        icon(severity),
        h("span", { class: "sr-only" }, `${severity}: `),
        h(
          "span",
          { class: "problem-text" },
          h("span", { class: "problem-message" }, prose(message)),
          help && h("span", { class: "problem-help" }, prose(help)),
        ),
        h("span", { class: "problem-place" }, location && `${location.source}:${location.start.line}:${location.start.column}`),
      ];
      // What has no place in a text, such as an option, leads nowhere.
      const line =
        location && hasEditor(location.source)
          ? h("button", { type: "button", class: "problem-line", click: () => jump(location.source, location.start.offset) }, ...body)
          : h("div", { class: "problem-line" }, ...body);
      return h("li", { class: `problem ${severity}` }, line, codeLink(diagnostic));
    }),
  );
  section.hidden = diagnostics.length === 0;
  section.querySelector("h3 .quiet")!.textContent = summary(diagnostics);
}

/** What is wrong, what to do about it, and the page of its code. */
export function explained({ code, message, help, location }: DiagnosticView): HTMLElement {
  // The project's own text, rendered when the page was built.
  const page = h("div", { class: "page" });
  page.innerHTML = pages[code] ?? "";
  return h(
    "div",
    {},
    h("h3", {}, prose(message)),
    help && h("p", {}, prose(help)),
    location && h("p", { class: "quiet" }, `${location.source}, line ${location.start.line}`),
    page,
  );
}

/** `2 errors, 1 warning`; nothing if there are none. */
export function summary(diagnostics: DiagnosticView[]): string {
  return (["error", "warning", "note"] as const)
    .map((severity) => [diagnostics.filter((diagnostic) => diagnostic.severity === severity).length, severity] as const)
    .filter(([number]) => number > 0)
    .map(([number, severity]) => count(number, severity))
    .join(", ");
}

/** The marks of the text that diagnostics call so. */
export function marksOf(source: string, diagnostics: DiagnosticView[]): Mark[] {
  return diagnostics
    .filter((diagnostic) => diagnostic.location?.source === source)
    .map((diagnostic) => ({
      from: diagnostic.location!.start.offset,
      to: diagnostic.location!.end.offset,
      severity: diagnostic.severity === "note" ? "info" : diagnostic.severity,
      message: diagnostic.message,
      fix: /^did you mean `([^`]+)`\?$/.exec(diagnostic.help ?? "")?.[1],
      render: () =>
        h(
          "div",
          {},
          h("p", {}, prose(diagnostic.message)),
          diagnostic.help && h("p", {}, prose(diagnostic.help)),
          codeLink(diagnostic),
        ),
    }));
}

/** A link to the page of a code, which is shown here. */
function codeLink({ code }: DiagnosticView): HTMLElement {
  const explain = (event: MouseEvent) => {
    const page = pages[code];
    if (page === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    byId("explain-title").textContent = code;
    // The project's own text, rendered when the page was built.
    byId("explain-page").innerHTML = page;
    byId<HTMLAnchorElement>("explain-link").href = `${REPOSITORY}/${code}.md`;
    const dialog = byId<HTMLDialogElement>("explain");
    dialog.showModal();
    dialog.scrollTop = 0;
  };
  return h(
    "a",
    { class: "problem-code", href: `${REPOSITORY}/${code}.md`, target: "_blank", rel: "noopener", click: explain },
    code,
  );
}
