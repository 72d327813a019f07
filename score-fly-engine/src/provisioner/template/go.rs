//! Templates in the language of Go, which score-compose and score-k8s use.

use std::fmt;

/// An action of a Go template, as far as it is certainly no Jinja.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GoTemplate {
    action: String,
}

/// Finds the first action in `{{ … }}` that only Go knows: a field or a variable (`.State.x`,
/// `$x`), or a keyword at the start.
pub(super) fn find(template: &str) -> Option<GoTemplate> {
    template.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).find_map(|(action, _)| {
        let code = without_texts(action.trim_start_matches('-').trim_end_matches('-').trim());
        let first = code.split_whitespace().next().unwrap_or_default();
        let is_go = matches!(first, "block" | "define" | "else" | "end" | "if" | "range" | "template" | "with")
            || code.starts_with(['.', '$'])
            || [" .", "(.", " $", "($"].iter().any(|start| has_field(&code, start))
            || has_two_words(&code);
        is_go.then(|| GoTemplate { action: action.trim().to_owned() })
    })
}

/// The code without what stands in quotes.
fn without_texts(code: &str) -> String {
    let mut quote = None;
    let mut rest = String::new();
    for c in code.chars() {
        if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '"' | '\'' | '`') {
            quote = Some(c);
        } else if quote.is_none() {
            rest.push(c);
        }
    }
    rest
}

/// Whether a name follows directly on `start`, which ends in a dot or a dollar sign.
fn has_field(code: &str, start: &str) -> bool {
    code.match_indices(start).any(|(at, _)| {
        let next = code.get(at + start.len()..).and_then(|rest| rest.chars().next());
        next.is_some_and(|c| c.is_alphabetic() || c == '_')
    })
}

/// Whether a function is called in the way of Go, without brackets: `quote x`.
fn has_two_words(code: &str) -> bool {
    let mut words = code.split_whitespace();
    let is_name = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let operators = ["and", "in", "is", "not", "or", "if", "else"];
    is_name(first) && is_name(second) && !operators.contains(&first) && !operators.contains(&second)
}

impl fmt::Display for GoTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "is a Go template (`{{{{ {} }}}}`), and has to be Jinja: `{{{{ .State.x }}}}` is written \
             `{{{{ State.x }}}}`, `{{{{ if .Params.x }}}}…{{{{ end }}}}` is `{{% if Params.x %}}…{{% endif %}}`, \
             and `{{{{ dig \"x\" (randAlphaNum 16) .State }}}}` is `{{{{ State.x | default(random(16)) }}}}`",
            self.action
        )
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn knows_go_by_its_fields_variables_keywords_and_calls() {
        for go in [
            "{{ .State.host }}",
            "{{.Id}}",
            "{{- .Id -}}",
            "{{ dig \"password\" (randAlphaNum 16) .State | quote }}",
            "{{ $service := .Init.name }}",
            "{{ $service }}",
            "{{ if .Params.x }}",
            "{{ range $k, $v := .Shared }}",
            "{{ else }}",
            "{{ end }}",
            "{{ quote \"x\" | upper }}{{ (index .WorkloadServices .Init.name) }}",
            "{{ splitList \".\" .Id | last }}",
            "{{ printf \"%s\" Id }}{{ randAlpha 4 }}",
            "{{ State.a }} and {{ .State.b }}",
        ] {
            assert!(find(go).is_some(), "{go}");
        }
    }

    #[test]
    fn leaves_jinja_alone() {
        for jinja in [
            "{{ State.host }}",
            "{{- State.host -}}",
            "{{ State.password | default(random(16)) }}",
            "{{ 'a .b' ~ Id }}",
            "{{ Params.size if Params.size is defined else 3 }}",
            "{{ not State.done }}",
            "{{ 1 if 'x' in Params else 2 }}",
            "{% if Params.x %}a: .b{% endif %}",
            "{{ 0.5 * Params.size }}",
            "a: {b: {c: .d }}",
            "url: \"https://{{ State.host }}.example\"",
        ] {
            assert_eq!(find(jinja), None, "{jinja}");
        }
    }

    #[test]
    fn shows_how_to_write_it() {
        let hint = find("a: {{ .State.host }}").map(|go| go.to_string()).unwrap_or_default();
        assert!(hint.starts_with("is a Go template (`{{ .State.host }}`), and has to be Jinja: "), "{hint}");
        assert!(hint.contains("`{{ State.x | default(random(16)) }}`"), "{hint}");
    }
}
