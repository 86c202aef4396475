//! The smallest row that shows something: as many columns as possible are as in a row that is known.

use interp::Datum;

/// A row of which `still_fails` holds, with as few columns as possible that differ from `base`; `row` itself if it does not fail.
///
/// Delta debugging: groups of columns are put back as they are in `base`, in halves, quarters and so on, until no single one can be. What
/// comes out is minimal in that sense, not the least of all.
pub fn minimise(row: &[Datum], base: &[Datum], mut still_fails: impl FnMut(&[Datum]) -> bool) -> Vec<Datum> {
    let mut changed: Vec<usize> = (0..row.len()).filter(|at| base.get(*at).is_some_and(|there| *there != row[*at])).collect();
    let with = |changed: &[usize]| -> Vec<Datum> {
        let put = |(at, datum): (usize, &Datum)| if changed.contains(&at) { datum.clone() } else { base.get(at).unwrap_or(datum).clone() };
        row.iter().enumerate().map(put).collect()
    };
    if !still_fails(row) {
        return row.to_vec();
    }
    let mut parts = 1;
    while !changed.is_empty() {
        let size = changed.len().div_ceil(parts);
        let without = |start: usize| -> Vec<usize> { [&changed[..start], &changed[(start + size).min(changed.len())..]].concat() };
        let smaller = (0..changed.len()).step_by(size).map(without).find(|fewer| still_fails(&with(fewer)));
        match smaller {
            Some(fewer) => {
                changed = fewer;
                parts = parts.saturating_sub(1).max(1);
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(changed.len()),
        }
    }
    with(&changed)
}
