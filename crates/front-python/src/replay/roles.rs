//! Which file is training data, which is scored, which is a look-up table.

use crate::Options;
use crate::record::{Read, Record};
use source::{Diagnostic, FileId, Place};
use std::collections::BTreeSet;

/// The part that a read file plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything computed from it is frozen.
    Fit,
    /// Its rows are what is scored.
    Score,
    /// It goes into the scorer as a table.
    Lookup,
}

#[derive(Clone, Debug)]
pub(crate) struct Roles {
    /// By number of the read.
    pub of: Vec<Role>,
    /// The script reads one file for both: its statistics are training statistics.
    pub one_frame: bool,
    pub score: usize,
    pub fit: Option<usize>,
}

impl Roles {
    /// Roles as the options say, else by what the files look like: the scored file has the training file's columns without some of them
    /// (the target).
    pub(crate) fn infer(record: &Record, options: &Options, file: FileId) -> Result<Roles, Box<Diagnostic>> {
        let reads = &record.reads;
        let ambiguous = |why: &str| {
            let names: Vec<&str> = reads.iter().filter_map(|read| read.path.as_deref()).collect();
            let files = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
            let error = Diagnostic::error("python-roles", "which file is training data and which is scored is not clear");
            Box::new(
                error.at(Place::File(file), why.to_owned()).help(format!("the script reads {files}; name them with --fit and --score")),
            )
        };
        let named = |wanted: &str| {
            reads.iter().rposition(|read| read.path.as_deref().is_some_and(|path| path == wanted || base(path) == base(wanted)))
        };
        if reads.is_empty() {
            return Err(ambiguous("the script read no table in the recorded run"));
        }
        let score = match &options.score {
            Some(name) => named(name).ok_or_else(|| ambiguous(&format!("no read of `{name}`")))?,
            None => match infer_score(reads) {
                Some(score) => score,
                None if reads.len() == 1 => 0,
                None if greatest(reads).is_some() => greatest(reads).unwrap_or(0),
                None => return Err(ambiguous("none of the files has the columns of another without the target")),
            },
        };
        let fit = match &options.fit {
            Some(name) => Some(named(name).ok_or_else(|| ambiguous(&format!("no read of `{name}`")))?),
            None => infer_fit(reads, score),
        };
        let one_frame = fit.is_none_or(|fit| reads[fit].path == reads[score].path);
        let same_file = |read: &Read, other: usize| read.path.is_some() && read.path == reads[other].path;
        let of = reads
            .iter()
            .enumerate()
            .map(|(number, read)| {
                let lookup = read.path.as_deref().is_some_and(|path| options.lookups.iter().any(|name| base(name) == base(path)));
                if lookup {
                    Role::Lookup
                } else if number == score || same_file(read, score) {
                    Role::Score
                } else if fit.is_some_and(|fit| number == fit || same_file(read, fit)) {
                    Role::Fit
                } else {
                    Role::Lookup
                }
            })
            .collect();
        Ok(Roles { of, one_frame, score, fit })
    }
}

fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn columns(read: &Read) -> BTreeSet<String> {
    read.columns.iter().map(|column| column.name.as_str().map_or_else(|| column.name.to_string(), str::to_owned)).collect()
}

/// The last read whose columns are a proper subset, and the larger part, of another read's.
fn infer_score(reads: &[Read]) -> Option<usize> {
    let sets: Vec<BTreeSet<String>> = reads.iter().map(columns).collect();
    let found = (0..reads.len()).rev().find(|score| {
        let set = &sets[*score];
        sets.iter().any(|other| other.len() > set.len() && set.is_subset(other) && set.len() * 2 >= other.len())
    });
    // Files with the same columns are told apart by what they are called.
    found.or_else(|| {
        let words = ["score", "test", "new", "incoming", "valid", "holdout", "live"];
        let named =
            |read: &Read| read.path.as_deref().is_some_and(|path| words.iter().any(|word| base(path).to_lowercase().contains(word)));
        let twins = |at: usize| sets.iter().enumerate().any(|(other, set)| other != at && *set == sets[at]);
        // So are files of which each has columns of its own, where most are those of both.
        let kin = |at: usize| {
            let kin_of = |other: usize| sets[other].intersection(&sets[at]).count() * 2 > sets[other].len().max(sets[at].len());
            (0..reads.len()).any(|other| other != at && !named(&reads[other]) && kin_of(other))
        };
        let last = |holds: &dyn Fn(usize) -> bool| (0..reads.len()).rev().find(|at| named(&reads[*at]) && holds(*at));
        last(&twins).or_else(|| last(&kin))
    })
}

/// The read that has both the most rows and the most columns, if the others are look-up tables: they share a column or two with it.
fn greatest(reads: &[Read]) -> Option<usize> {
    let sets: Vec<BTreeSet<String>> = reads.iter().map(columns).collect();
    let one = (0..reads.len()).max_by_key(|at| reads[*at].rows)?;
    let is_lookup =
        |at: usize| reads[at].rows < reads[one].rows && sets[at].len() < sets[one].len() && sets[at].intersection(&sets[one]).count() <= 2;
    (0..reads.len()).all(|at| at == one || is_lookup(at)).then_some(one)
}

/// The read with the most columns in common with the scored one, other than itself.
fn infer_fit(reads: &[Read], score: usize) -> Option<usize> {
    let wanted = columns(&reads[score]);
    (0..reads.len())
        .filter(|at| *at != score && reads[*at].path != reads[score].path)
        .map(|at| (columns(&reads[at]).intersection(&wanted).count(), at))
        .filter(|(common, _)| common * 2 >= wanted.len())
        .max_by_key(|(common, at)| (*common, usize::MAX - *at))
        .map(|(_, at)| at)
}
