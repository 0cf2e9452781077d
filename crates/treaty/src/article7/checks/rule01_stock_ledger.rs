//! Rule 1: `opening + discovered + acquired - destroyed - transferred for destruction - consumed = closing`, for each
//! type and lot; the total is the sum of the types.

use super::{Finding, Rule, Severity};
use crate::article7::report::{Report, SectionKey, StockLine};
use crate::quantity::Figure;
use crate::say;

pub(super) fn check(report: &Report, findings: &mut Vec<Finding>) {
    let Some(stock) = report.sections.stockpiles.given() else { return };
    let mut error = |place: String, says, remedy| {
        let (rule, section) = (Rule::StockLedger, Some(SectionKey::B));
        findings.push(Finding { rule, severity: Severity::Error, section, place, says, remedy });
    };
    for (at, line) in stock.lines.iter().enumerate() {
        if let (Some(computed), Some(stated)) = (closing(line), line.closing.known())
            && computed != i128::from(stated)
        {
            let computed = i64::try_from(computed).unwrap_or(i64::MAX);
            let says =
                say!("finding-stock-ledger", mine_type = line.mine_type.as_str(), computed = computed, stated = stated);
            error(format!("lines[{at}].closing"), says, say!("remedy-stock-ledger"));
        }
    }
    let closings = stock.lines.iter().map(|line| line.closing);
    if let (Some(sum), Some(stated)) = (crate::quantity::sum_counts(closings), stock.total_closing.known())
        && sum != stated
    {
        let says = say!("finding-stock-total", sum = sum, stated = stated);
        error("total_closing".into(), says, say!("remedy-stock-total"));
    }
}

/// What the line's closing figure should be; `None` while a part is not known. A part that does not apply is nothing.
fn closing(line: &StockLine) -> Option<i128> {
    let part = |figure: Figure<u64>| match figure {
        Figure::Known(count) => Some(i128::from(count)),
        Figure::NotApplicable => Some(0),
        Figure::Unknown | Figure::ToBeAnswered | Figure::Hidden => None,
    };
    Some(
        part(line.opening)? + part(line.discovered)? + part(line.acquired)?
            - part(line.destroyed)?
            - part(line.transferred_for_destruction)?
            - part(line.consumed)?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::checks::cases::{report, short};
    use crate::article7::report::{Answer, Stockpiles};
    use proptest::prelude::*;

    fn line(parts: [u64; 6], closing: u64) -> StockLine {
        let [opening, discovered, acquired, destroyed, transferred, consumed] = parts.map(Figure::Known);
        let mine_type = "PMN".to_owned();
        let transferred_for_destruction = transferred;
        let closing = Figure::Known(closing);
        StockLine {
            mine_type,
            lot: None,
            opening,
            discovered,
            acquired,
            destroyed,
            transferred_for_destruction,
            consumed,
            closing,
        }
    }

    fn findings(lines: Vec<StockLine>, total: u64) -> Vec<(Severity, &'static str)> {
        let mut report = report();
        report.sections.stockpiles = Answer::Given(Stockpiles { lines, total_closing: Figure::Known(total) });
        let mut findings = Vec::new();
        check(&report, &mut findings);
        short(&findings)
    }

    #[test]
    fn opening_and_additions_less_what_left_is_closing() {
        assert_eq!(findings(vec![line([100, 20, 0, 90, 5, 1], 24)], 24), []);
        assert_eq!(findings(vec![line([100, 20, 0, 90, 5, 1], 25)], 25), [(Severity::Error, "finding-stock-ledger")]);
        assert_eq!(findings(vec![line([100, 0, 0, 0, 0, 0], 100)], 90), [(Severity::Error, "finding-stock-total")]);
    }

    #[test]
    fn a_part_not_known_is_not_taken_for_nothing() {
        let mut open = line([100, 20, 0, 90, 5, 1], 7);
        open.discovered = Figure::Unknown;
        assert_eq!(findings(vec![open], 7), []);
        let mut none = line([100, 20, 0, 90, 5, 1], 24);
        none.acquired = Figure::NotApplicable;
        assert_eq!(findings(vec![none], 24), []);
    }

    proptest! {
        #[test]
        fn a_ledger_that_closes_has_no_finding(inn in any::<[u32; 3]>(), out in any::<[u8; 3]>()) {
            let [a, b, c] = inn.map(|n| u64::from(n) + 1000);
            let [d, e, f] = out.map(u64::from);
            let closing = a + b + c - d - e - f;
            prop_assert_eq!(findings(vec![line([a, b, c, d, e, f], closing)], closing), []);
        }
    }
}
