//! Charts, as the benches draw them.

use svg::Document;
use svg::node::element::{Group, Rectangle, Style, Text, Title};

/// A chart as a text, with what is drawn on a background of its class `page`. It is as large as that, and `style` is its style sheet.
pub fn chart(title: &str, style: &str, width: usize, height: usize, drawn: Group) -> String {
    let document = Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("role", "img")
        .add(Title::new(title))
        .add(Style::new(style))
        .add(
            Rectangle::new()
                .set("class", "page")
                .set("width", width)
                .set("height", height),
        )
        .add(drawn);
    format!("{document}\n")
}

/// Words in a row of a chart that begins at `y`.
pub fn text(x: usize, y: usize, class: &str, words: &str) -> Text {
    let text = Text::new(words).set("x", x).set("y", y + 15);
    if class.is_empty() { text } else { text.set("class", class) }
}
