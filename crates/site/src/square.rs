//! A QR square, drawn in the page itself.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// The white around a square that a camera needs, in modules (ISO/IEC 18004).
const EDGE: usize = 4;

/// A text as a square with a name for whoever does not see it; nothing where the text is too long for one. Black on white
/// whatever the page's colours are: cameras want it so.
pub(crate) fn square(text: &str, name: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let size = code.width() + 2 * EDGE;
    html! {
        svg.square-code role="img" aria-label=(name) viewBox=(format!("0 0 {size} {size}")) width="240" height="240"
            shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#ffffff" {}
            path fill="#000000" d=(path(&code)) {}
        }
    }
}

/// The dark modules, each run of a row as one bar.
fn path(code: &QrCode) -> String {
    use std::fmt::Write as _;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (row, line) in colors.chunks(width).enumerate() {
        let mut column = 0;
        for run in line.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{} {}h{}v1h-{}z", column + EDGE, row + EDGE, run.len(), run.len());
            }
            column += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules of a picture's path, filled in as a browser does.
    fn filled(path: &str, size: usize) -> Vec<bool> {
        let mut dark = vec![false; size * size];
        for bar in path.split('M').skip(1) {
            let numbers: Vec<usize> =
                bar.split(|sign: char| !sign.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            let [column, row, length, ..] = numbers[..] else { panic!("{bar}") };
            dark[row * size + column..row * size + column + length].fill(true);
        }
        dark
    }

    #[test]
    fn a_camera_reads_what_was_drawn() {
        let text = "otpauth://totp/mineban:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=mineban";
        let svg = square(text, "a \"name\"").into_string();
        let after = |sign: &str| svg.split(sign).nth(1).unwrap().split('"').next().unwrap().to_owned();
        let size: usize = after("viewBox=\"0 0 ").split(' ').next().unwrap().parse().unwrap();
        let dark = filled(&after(" d=\""), size);
        // Eight pixels for each module.
        let seen = |x: usize, y: usize| if dark[y / 8 * size + x / 8] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(size * 8, size * 8, seen);
        let found = picture.detect_grids();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].decode().unwrap().1, text);
        assert!(svg.contains("aria-label=\"a &quot;name&quot;\"") && !svg.contains("style"), "{svg}");
    }

    #[test]
    fn a_text_that_fits_no_square_is_not_drawn() {
        assert_eq!(square(&"x".repeat(4_000), "name").into_string(), "");
    }
}
