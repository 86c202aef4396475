//! Which rows a value is of: the script's own, what a filter left of them, a test part, the same rows in another order.

use super::{Places, Replay, SitePlace};
use crate::record;
use crate::value::{FrameId, Value};
use ir::{Reason, Val};
use source::Span;
use std::rc::Rc;

/// The rows that a filter left.
#[derive(Clone, Default)]
pub(crate) struct Space {
    pub parent: Option<usize>,
    /// The guard that says which rows were dropped.
    pub filter: Option<usize>,
    /// Training rows stand before the scoring rows.
    pub glue: Option<Glue>,
    /// The script took these rows for a test: what is computed over them is not training.
    pub is_test_part: bool,
    /// They are the parent's rows in another order.
    pub is_reordered: bool,
    /// They are the parent's rows, counted anew: pandas aligns them with no others by label.
    pub is_relabelled: bool,
}

/// Where training rows and scoring rows were glued together.
#[derive(Clone)]
pub(crate) struct Glue {
    pub at: Span,
    /// How many, where the glued rows may be taken apart by their number.
    pub train_rows: Option<u64>,
    /// The scoring rows by themselves.
    pub scoring_space: usize,
    /// What the parts are called, the scoring rows last.
    pub keys: Rc<[record::Value]>,
}

impl<'b> Replay<'_, 'b> {
    /// The rows of a space that a filter leaves; the others have the status `Filtered`.
    pub(crate) fn filtered(&mut self, space: usize, keep: Val<'b>, at: Span) -> usize {
        let place = self.place_name(at);
        let reason = Reason::Filtered(place.clone());
        let dropped = !keep;
        let filter = self.guard(dropped, reason, at);
        self.spaces.push(Space { parent: Some(space), filter: Some(filter), ..Space::default() });
        self.note(
            "python-row-filter",
            at,
            format!("scoring rows are dropped at {place}; the scorer gives them the status `filtered` instead"),
            "",
        );
        self.spaces.len() - 1
    }

    fn site_place(&self, at: Span) -> SitePlace {
        (at.file, at.start, at.end, self.activation)
    }

    /// Notes that the filter there leaves those rows.
    pub(crate) fn filters_into(&mut self, space: usize, at: Span) {
        self.filters.push((self.site_place(at), space));
    }

    /// What a filter left in the recorded run, if it is one that takes training rows. It is held.
    pub(crate) fn training_part(&mut self, at: Span) -> Option<Value<'b>> {
        if !self.training_filters.contains(&self.site_place(at)) {
            return None;
        }
        self.hold(at, None);
        self.trainings.push(at);
        Some(Value::Known(self.recorded(at).with(true, false)))
    }

    /// The filters of a script's only frame that stand beside one which the output's rows went through.
    pub(crate) fn filters_beside_the_output(&self) -> Places {
        let mut places = Places::new();
        let output = self.output_space.filter(|_| self.roles.one_frame);
        for space in output.into_iter().flat_map(|space| self.with_outer(space)) {
            if self.filters.iter().any(|(_, taken)| *taken == space) {
                let beside = |other: usize| other != space && self.spaces[other].parent == self.spaces[space].parent;
                places.extend(self.filters.iter().filter(|(_, other)| beside(*other)).map(|(place, _)| *place));
            }
        }
        places
    }

    /// A space, and those that its rows came from.
    pub(crate) fn with_outer(&self, space: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(space), |space| self.spaces[*space].parent)
    }

    /// Whether rows are some of those of another space.
    fn is_within(&self, space: usize, outer: usize) -> bool {
        self.with_outer(space).skip(1).any(|space| space == outer)
    }

    /// For each way in which a script's only frame is filtered the filters that go another way; the last way is the last one.
    pub(crate) fn filters_that_may_train(&self) -> Vec<Places> {
        const MOST_WAYS: usize = 6;
        if !self.roles.one_frame {
            return Vec::new();
        }
        // What stands in brackets: `X[mask]` and `y[mask]` go one way.
        let way = |place: &SitePlace| {
            let code = self.code(Span { file: place.0, start: place.1, end: place.2 });
            code.find(['[', '(']).map_or(code, |start| &code[start..])
        };
        let mut ways: Vec<&str> = Vec::new();
        for (place, _) in &self.filters {
            if !ways.contains(&way(place)) {
                ways.push(way(place));
            }
        }
        if !(2..=MOST_WAYS).contains(&ways.len()) {
            return Vec::new();
        }
        let others = |one: &&str| {
            let own: Vec<usize> = self.filters.iter().filter(|(place, _)| way(place) == *one).map(|(_, space)| *space).collect();
            // Rows that went this way came through the filters before it.
            let is_before = |space: usize| own.iter().any(|own| self.is_within(*own, space));
            let beside = self.filters.iter().filter(|(place, space)| way(place) != *one && !is_before(*space)).map(|(place, _)| *place);
            self.training_filters.iter().copied().chain(beside).collect()
        };
        ways.iter().map(others).collect()
    }

    /// The guards of the filters that lead from `outer` to `inner`. None if it was not filters that did.
    pub(crate) fn filters_between(&self, inner: usize, outer: usize) -> Option<Vec<usize>> {
        let mut filters = Vec::new();
        let mut at = inner;
        while at != outer {
            let space = &self.spaces[at];
            filters.push(space.filter?);
            at = space.parent?;
        }
        Some(filters)
    }

    /// The rows of a space as the part that is kept for a test.
    pub(crate) fn test_part(&mut self, of: usize) -> usize {
        let known = self.spaces.iter().position(|other| other.is_test_part && other.parent == Some(of));
        known.unwrap_or_else(|| {
            self.spaces.push(Space { parent: Some(of), is_test_part: true, ..Space::default() });
            self.spaces.len() - 1
        })
    }

    /// Rows that were taken by their places.
    pub(crate) fn part_by_places(&mut self, of: usize, at: Span) -> usize {
        let place = self.site_place(at);
        let known = self.filters.iter().find(|(other, space)| *other == place && self.spaces[*space].parent == Some(of));
        if let Some((_, space)) = known {
            return *space;
        }
        self.spaces.push(Space { parent: Some(of), is_test_part: true, ..Space::default() });
        self.tests.push(at);
        self.filters_into(self.spaces.len() - 1, at);
        self.spaces.len() - 1
    }

    /// The same rows in another order: what stands at one place is not of one row any more.
    pub(crate) fn reordered(&mut self, of: usize) -> usize {
        let glue = self.spaces[of].glue.clone();
        self.spaces.push(Space { parent: Some(of), glue, is_reordered: true, ..Space::default() });
        self.spaces.len() - 1
    }

    /// The rows with labels from 0 on: themselves, where none was dropped before and they were not put in another order.
    pub(crate) fn relabelled(&mut self, of: usize) -> usize {
        let moved = |space: usize| self.spaces[space].is_reordered || self.spaces[space].filter.is_some();
        if self.spaces[of].is_relabelled || !self.with_outer(of).any(moved) {
            return of;
        }
        let known = self.spaces.iter().position(|other| other.is_relabelled && other.parent == Some(of));
        known.unwrap_or_else(|| {
            let glue = self.spaces[of].glue.clone();
            self.spaces.push(Space { parent: Some(of), glue, is_relabelled: true, ..Space::default() });
            self.spaces.len() - 1
        })
    }

    /// Whether rows stand in another order than others, so that what stands at one place is of two rows.
    pub(crate) fn in_other_order(&self, one: usize, other: usize) -> bool {
        let orders = |space: usize| self.with_outer(space).filter(|space| self.spaces[*space].is_reordered).collect::<Vec<_>>();
        one != other && orders(one) != orders(other)
    }

    /// A copy of a frame over other rows.
    pub(crate) fn in_space(&mut self, id: FrameId, space: usize) -> Value<'b> {
        let mut frame = self.frames[id.0].clone();
        frame.space = space;
        for column in frame.columns.values_mut() {
            column.move_to(space);
        }
        self.frame(frame)
    }

    /// Statistics over a glued frame know the scoring rows of the recorded run.
    fn note_leak(&mut self, glue: Glue) {
        let rows = self.record.reads.get(self.roles.score).map_or(0, |read| read.rows);
        self.note(
            "python-statistics-include-scoring-rows",
            glue.at,
            format!("statistics of the glued frame include the {rows} scoring rows of the recorded run"),
            "they are kept as they were in that run, whatever rows are scored",
        );
    }

    /// Whether what is computed over these rows is frozen: in a script of one frame, and where training rows are glued before the scoring
    /// rows. Then it is held when the script is run on other rows.
    pub(crate) fn freezes(&mut self, space: usize, at: Span) -> bool {
        let frozen = match self.spaces[space].glue.clone() {
            Some(glue) => {
                self.note_leak(glue);
                true
            }
            None => self.roles.one_frame && !self.is_test_part(space),
        };
        if frozen {
            self.hold(at, None);
        }
        frozen
    }

    /// [`Replay::freezes`] for the rows that the call at hand is of.
    pub(crate) fn subject_freezes(&mut self, at: Span) -> bool {
        let space = self.subject.unwrap_or(0);
        self.freezes(space, at)
    }

    /// Whether a test on scoring rows stays decided as it was: in a script of one frame, where it is held.
    pub(crate) fn decided_once(&mut self, at: Span) -> bool {
        if self.roles.one_frame {
            self.hold(at, None);
        }
        self.roles.one_frame
    }

    /// Whether these rows are the script's only frame, before it is split.
    pub(crate) fn is_only_frame(&self, space: usize) -> bool {
        self.roles.one_frame && !self.is_test_part(space) && self.spaces[space].glue.is_none()
    }

    /// Whether these rows are the test part of a split.
    fn is_test_part(&self, space: usize) -> bool {
        self.with_outer(space).any(|space| self.spaces[space].is_test_part)
    }

    /// The rows that a value is of, if it is of scoring rows.
    pub(crate) fn space_of(&self, value: &Value<'b>) -> Option<usize> {
        match value {
            Value::Column(column) | Value::Texts(column, _) => Some(column.space),
            Value::Frame(id) => Some(self.frames[id.0].space),
            Value::Matrix(columns) => columns.first().map(|column| column.space),
            Value::Method(of, _) | Value::Part(of, _) => self.space_of(of),
            Value::Group(group) => Some(self.frames[group.frame.0].space),
            _ => None,
        }
    }
}
