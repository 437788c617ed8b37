//! The block rate day by day, as a picture.

use std::collections::BTreeMap;

use svg::Document;
use svg::node::element::{Line, Polyline, Rectangle, Text, Title};

use crate::counts::Counts;

/// The chart's size, and the place of the plot in it, in pixels.
const SIZE: (f64, f64) = (760.0, 300.0);
const PLOT: (f64, f64, f64, f64) = (56.0, 24.0, 680.0, 220.0);

/// The block rate day by day as a line, from 0 to the next ten percent above the highest.
pub(crate) fn chart(days: &BTreeMap<String, Counts>) -> String {
    let rates: Vec<(&String, f64)> = days
        .iter()
        .filter_map(|(day, counts)| Some((day, counts.block_rate()?)))
        .collect();
    let highest = rates.iter().map(|(_, rate)| *rate).fold(0.0, f64::max);
    let top = ((highest * 10.0).ceil() / 10.0).max(0.1);
    let (left, upper, width, height) = PLOT;
    let x = |index: usize| left + width * (index as f64 + 0.5) / rates.len().max(1) as f64;
    let y = |rate: f64| upper + height * (1.0 - rate / top);
    let text = |x: f64, y: f64, anchor: &str, content: String| {
        Text::new(content)
            .set("x", x)
            .set("y", y)
            .set("text-anchor", anchor)
            .set("font-size", 12)
            .set("fill", "#444")
    };
    let mut document = Document::new()
        .set("viewBox", (0, 0, SIZE.0, SIZE.1))
        .set("font-family", "system-ui, sans-serif")
        .set("role", "img")
        .add(Title::new("Block rate day by day"))
        .add(
            Rectangle::new()
                .set("width", "100%")
                .set("height", "100%")
                .set("fill", "#fff"),
        );
    for step in 0..=4 {
        let rate = top * f64::from(step) / 4.0;
        let line = Line::new()
            .set("x1", left)
            .set("x2", left + width)
            .set("y1", y(rate))
            .set("y2", y(rate))
            .set("stroke", "#ddd");
        document = document
            .add(line)
            .add(text(left - 8.0, y(rate) + 4.0, "end", format!("{:.0} %", rate * 100.0)));
    }
    // Not more dates than there is room for.
    let every = rates.len().div_ceil(8).max(1);
    for (index, (day, _)) in rates.iter().enumerate().step_by(every) {
        document = document.add(text(x(index), upper + height + 24.0, "middle", (*day).clone()));
    }
    let points: Vec<String> = rates
        .iter()
        .enumerate()
        .map(|(index, (_, rate))| format!("{:.1},{:.1}", x(index), y(*rate)))
        .collect();
    let line = Polyline::new()
        .set("points", points.join(" "))
        .set("fill", "none")
        .set("stroke", "#8c1d18")
        .set("stroke-width", 2.5);
    document
        .add(line)
        .add(text(left, 14.0, "start", "Block rate: blocked / (blocked + clear)".into()))
        .to_string()
}
