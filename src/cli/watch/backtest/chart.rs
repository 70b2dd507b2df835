//! Bars of a text chart.

use jiff::civil::Date;

use super::report::Day;

/// Columns of the longest bar.
const WIDTH: usize = 40;
/// Days that are shown one by one; more are shown by the week.
const DAYS_MAX: usize = 45;

/// One row a day, or one a week when there are many days.
pub(super) fn chart(days: &[Day]) -> String {
    let step = if days.len() > DAYS_MAX { 7 } else { 1 };
    let rows: Vec<(Date, u64, u64)> = days
        .chunks(step)
        .map(|days| {
            let sum = |of: fn(&Day) -> u64| days.iter().map(of).sum();
            (days[0].day, sum(|day| day.hits), sum(|day| day.articles))
        })
        .collect();
    let highest = rows.iter().map(|(_, hits, _)| *hits).max().unwrap_or(0);
    let mut out = match step {
        1 => "hits a day:\n".to_owned(),
        _ => "hits a week, by its first day:\n".to_owned(),
    };
    for (day, hits, articles) in rows {
        let bar = bar(hits, highest);
        let line = match articles {
            0 => format!("  {day}  no articles"),
            _ => format!("  {day}  {bar} {hits}"),
        };
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A bar in eighths of a column.
fn bar(value: u64, highest: u64) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    if highest == 0 {
        return String::new();
    }
    let eighths = (value as usize * WIDTH * 8).div_ceil(highest as usize);
    let mut bar = "█".repeat(eighths / 8);
    match EIGHTHS[eighths % 8] {
        ' ' => {}
        part => bar.push(part),
    }
    bar
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn days(number: i64) -> Vec<Day> {
        let first: Date = "2026-01-01".parse().unwrap();
        let day = |n: i64| Day {
            day: first.checked_add(n.days()).unwrap(),
            articles: u64::from(n != 1),
            hits: n.unsigned_abs(),
            gained: 0,
            lost: 0,
        };
        (0..number).map(day).collect()
    }

    #[test]
    fn bars_are_as_long_as_their_share() {
        let chart = chart(&days(5));
        let lines: Vec<&str> = chart.lines().collect();
        assert_eq!(lines[1], "  2026-01-01   0");
        assert_eq!(lines[2], "  2026-01-02  no articles");
        assert_eq!(lines[3], format!("  2026-01-03  {} 2", "█".repeat(20)));
        assert_eq!(lines[5], format!("  2026-01-05  {} 4", "█".repeat(40)));
        assert_eq!(bar(1, 1000), "▏", "what is there is seen");
    }

    #[test]
    fn many_days_are_shown_by_the_week() {
        let chart = chart(&days(90));
        assert!(chart.starts_with("hits a week"));
        assert_eq!(chart.lines().count(), 14);
        assert!(super::chart(&[]).lines().count() == 1);
    }
}
