//! Lists for people: aligned columns under headings.

/// Renders rows under `headings`.
pub(crate) fn render<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = headings.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = line(&headings, widths);
    for row in rows {
        text.push_str(&line(&row.each_ref().map(String::as_str), widths));
    }
    text
}

fn line<const N: usize>(cells: &[&str; N], widths: [usize; N]) -> String {
    let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
    format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
}

#[cfg(test)]
mod tests {
    #[test]
    fn aligns_columns() {
        let rows = [["a".to_owned(), "é".to_owned()], ["long name".to_owned(), String::new()]];
        assert_eq!(super::render(["ID", "TYPE"], &rows), "ID         TYPE\na          é\nlong name\n");
    }
}
