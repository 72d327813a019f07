// One editor: a text with its language and, if it can be changed, the marks of its mistakes.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, language, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension, type StateCommand } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { type LanguageName, languageOf, LANGUAGES } from "./languages.ts";

export interface Mark {
  from: number;
  to: number;
  severity: "error" | "warning" | "info";
  message: string;
  /** What to write instead, if that is plain. */
  fix: string | undefined;
  /** What hovering shows. */
  render: () => Node;
}

export class Editor {
  readonly #view: EditorView;
  readonly #language = new Compartment();
  readonly #extensions: Extension;
  #quiet = false;
  #later: string | undefined;

  /**
   * @param label what screen readers call it
   * @param onEdit called with the text after the visitor changed it, and whether nothing of the text before is
   * left; without it, the editor is read-only
   */
  constructor(parent: HTMLElement, label: string, mode: LanguageName, onEdit?: (text: string, isOther: boolean) => void, extra: Extension = []) {
    // In a shadow root CodeMirror adopts its style sheets rather than writing them into the page;
    // so the page's policy need not allow inline styles.
    const root = parent.attachShadow({ mode: "open" });
    const editable: Extension[] = onEdit
      ? [
          extra,
          history(),
          PLACEHOLDERS,
          indentOnInput(),
          highlightActiveLine(),
          bracketMatching(),
          search({ top: true }),
          highlightSelectionMatches(),
          keymap.of([{ key: "Enter", run: indentAfterKey }, ...searchKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !this.#quiet) onEdit(this.text, isAll(update));
          }),
          EditorView.contentAttributes.of({ "aria-description": "Escape, then Tab, leaves the editor." }),
        ]
      : [EditorState.readOnly.of(true), EditorView.editable.of(false), keymap.of(defaultKeymap)];
    this.#extensions = [
      lineNumbers(),
      drawSelection(),
      EditorState.tabSize.of(2),
      this.#language.of(LANGUAGES[mode]()),
      syntaxHighlighting(COLOURS),
      // A read-only text must still be reached by keyboard, to scroll and copy it.
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false" }),
      ...editable,
      LOOK,
    ];
    this.#view = new EditorView({ parent: root as unknown as HTMLElement, root, extensions: this.#extensions });
    if (!onEdit) {
      const shown = new IntersectionObserver(([entry]) => {
        if (entry!.isIntersecting && this.#later !== undefined) this.text = this.#later;
      });
      shown.observe(parent);
    }
  }

  get text(): string {
    return this.#later ?? this.#view.state.doc.toString();
  }

  /**
   * Replaces the text, without calling back. It can be undone like an edit. Only what differs is replaced, so
   * that what is read stays where it is scrolled to; and what is not shown waits until it is, since CodeMirror
   * draws all lines of what has no height.
   */
  set text(text: string) {
    this.#later = undefined;
    const before = this.text;
    if (text === before) return;
    if (this.#view.state.readOnly && !this.#view.dom.checkVisibility()) {
      this.#later = text;
      return;
    }
    const shorter = Math.min(text.length, before.length);
    let from = 0;
    while (from < shorter && text[from] === before[from]) from += 1;
    let same = 0;
    while (same < shorter - from && text.at(-1 - same) === before.at(-1 - same)) same += 1;
    this.#quiet = true;
    this.#view.dispatch({ changes: { from, to: before.length - same, insert: text.slice(from, text.length - same) } });
    this.#quiet = false;
  }

  /** Shows another file: what was done to the last one can't be undone in it. */
  async open(path: string, text: string): Promise<void> {
    this.#view.setState(EditorState.create({ doc: text, extensions: this.#extensions }));
    const opened = this.#view.state.doc;
    const language = await languageOf(path);
    if (this.#view.state.doc === opened) this.#view.dispatch({ effects: this.#language.reconfigure(language) });
  }

  /** YAML takes JSON too; this is about colours. */
  set readsAs(language: "yaml" | "json") {
    this.#view.dispatch({ effects: this.#language.reconfigure(LANGUAGES[language]()) });
  }

  set marks(marks: Mark[]) {
    const end = this.#view.state.doc.length;
    const diagnostics = marks.map(({ from, to, severity, message, fix, render }): Diagnostic => ({
      from: Math.min(from, end),
      to: Math.min(to, end),
      severity,
      message,
      renderMessage: render,
      actions: fix === undefined ? [] : [{ name: `Write ${fix}`, apply: (view, from, to) => view.dispatch({ changes: { from, to, insert: fix } }) }],
    }));
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
  }

  /** Puts the cursor to a place and shows it. */
  focus(at: number): void {
    const anchor = Math.min(at, this.#view.state.doc.length);
    this.#view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.#view.focus();
  }
}

/** Whether an edit took all of the text away, or put another in its place. */
function isAll({ changes, startState }: ViewUpdate): boolean {
  let all = false;
  changes.iterChangedRanges((from, to) => {
    all ||= from === 0 && to === startState.doc.length && to > 0;
  });
  return all;
}

/** A line after `key:` goes deeper, which the grammar can't know before there is something in it. */
const indentAfterKey: StateCommand = ({ state, dispatch }) => {
  const { main, ranges } = state.selection;
  const line = state.doc.lineAt(main.from);
  const before = line.text.slice(0, main.from - line.from);
  const key = /^(\s*(?:- +)*)(?:"[^"]*"|'[^']*'|[^\s#"'{[][^#]*):\s*(?:[|>][-+\d]*\s*)?$/.exec(before);
  const isEnd = state.doc.sliceString(main.to, Math.max(main.to, line.to)).trim() === "";
  if (!key || !isEnd || ranges.length > 1 || state.facet(language)?.name !== "yaml") return false;
  const insert = `${state.lineBreak}${" ".repeat(key[1]!.length + 2)}`;
  dispatch(state.update(state.replaceSelection(insert), { scrollIntoView: true, userEvent: "input" }));
  return true;
};

// The colours are the page's own, in both themes: see style/theme.css.
const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: [tags.comment, tags.meta], color: "var(--text-faint)" },
  { tag: [tags.separator, tags.punctuation, tags.bracket], color: "var(--text-soft)" },
]);

// Placeholders stand out: they tell what the resources are for. `$$` is an escaped dollar.
const placeholders = new MatchDecorator({
  regexp: /(?<!\$)(?:\$\$)*(\$\{[^}]*\})/g,
  decorate: (add, _, to, [, placeholder]) => add(to - placeholder!.length, to, Decoration.mark({ class: "placeholder" })),
});

const PLACEHOLDERS = ViewPlugin.define(
  (view) => {
    let decorations: DecorationSet = placeholders.createDeco(view);
    return {
      get decorations() {
        return decorations;
      },
      update: (update: ViewUpdate) => {
        decorations = placeholders.updateDeco(update, decorations);
      },
    };
  },
  { decorations: (plugin) => plugin.decorations },
);

const underline = (colour: string) => ({
  backgroundImage: "none",
  textDecoration: `underline wavy ${colour} 1px`,
  textUnderlineOffset: "3px",
  textDecorationSkipInk: "none",
  paddingBottom: "0",
});

const LOOK = EditorView.theme({
  "&": { height: "100%", backgroundColor: "transparent", color: "var(--text)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--accent)" },
  ".cm-content:focus-visible": { outline: "none" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--text-faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 14px", minWidth: "36px" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--line-active)" },
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--accent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--selection)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "none" },
  ".placeholder, .placeholder *": { color: "var(--code-placeholder)" },
  ".cm-lintRange-error": underline("var(--error)"),
  ".cm-lintRange-warning": underline("var(--warning)"),
  ".cm-lintRange-info": underline("var(--accent)"),
  ".cm-lintRange-active": { backgroundColor: "var(--selection)" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--error)" },
  ".cm-lintPoint-warning:after": { borderBottomColor: "var(--warning)" },
  ".cm-tooltip": {
    backgroundColor: "var(--panel)",
    color: "var(--text)",
    border: "1px solid var(--border-strong)",
    borderRadius: "8px",
    boxShadow: "var(--shadow)",
    maxWidth: "min(420px, 86vw)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-lint": { padding: "0" },
  ".cm-diagnostic": { padding: "10px 12px", border: "none", whiteSpace: "normal", fontFamily: "var(--sans)" },
  ".cm-diagnostic p": { margin: "0 0 4px", lineHeight: "1.45" },
  ".cm-diagnostic p + p": { color: "var(--text-soft)" },
  ".cm-diagnostic code": { fontFamily: "var(--mono)", fontSize: "0.92em" },
  ".cm-diagnostic a": { color: "var(--accent-text)", fontFamily: "var(--mono)", fontSize: "0.92em" },
  ".cm-diagnosticAction": {
    minHeight: "26px",
    margin: "4px 0 0",
    padding: "2px 9px",
    border: "1px solid var(--border-strong)",
    borderRadius: "7px",
    backgroundColor: "var(--panel)",
    color: "var(--text)",
    font: "12.5px var(--sans)",
    cursor: "pointer",
  },
  ".cm-panels input, .cm-panels button": { font: "13px var(--sans)" },
  ".documentation": { padding: "8px 12px", font: "13px/1.45 var(--sans)" },
  ".documentation code, .cm-completionInfo code": { fontFamily: "var(--mono)", fontSize: "0.92em" },
  ".cm-tooltip.cm-completionInfo": { padding: "8px 12px", font: "13px/1.45 var(--sans)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "15em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--selection)", color: "var(--text)" },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--text)" },
});
