//! Assignment: names, tuples, attributes, columns of frames, items of lists and dicts; `del`; `+=`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::Replay;
use crate::ast::{BinaryOp, Expr, ExprKind};
use crate::record::Tagged;
use crate::udf::{Container, Written};
use crate::value::{Column, Frame, FrameId, Guards, Known, Value};
use crate::{fold, pandas};
use source::Span;

impl<'b> Replay<'_, 'b> {
    pub(crate) fn assign(&mut self, target: &Expr, value: Value<'b>, at: Span) {
        match &target.kind {
            ExprKind::Name(name) => {
                let value = self.named(value, name);
                self.bind(name, value);
            }
            ExprKind::Tuple(targets) | ExprKind::List(targets) => self.unpack(targets, &value, at),
            ExprKind::Starred(inner) => self.assign(inner, value, at),
            ExprKind::Attribute { value: of, name } => {
                let object = self.value(of);
                if let (Value::Column(column), "name", Some(named)) = (&object, name.as_str(), self.concrete(&value)) {
                    let renamed = Column { name: named.as_str().map(str::to_owned), ..column.clone() };
                    self.assign(of, Value::Column(renamed), at);
                    return;
                }
                self.assign_attribute(&object, name, value, at);
            }
            ExprKind::Subscript { value: of, index } => {
                // `df["c"][mask] = v` sets a copy since pandas 3: nothing happens to the frame.
                let chained = matches!(of.kind, ExprKind::Subscript { .. } | ExprKind::Attribute { .. });
                let object = self.value(of);
                let index = self.value(index);
                if chained && matches!(object, Value::Column(_)) && self.before_pandas_3() {
                    let set = match &object {
                        Value::Column(column) => pandas::set_where(self, column, &index, &value, at).unwrap_or_else(Value::Unknown),
                        other => other.clone(),
                    };
                    self.assign(of, set, at);
                    return;
                }
                if chained && matches!(object, Value::Column(_)) {
                    self.note(
                        "python-chained-assignment",
                        at,
                        "this changes nothing under pandas 3, and did under earlier versions",
                        "the column on the left is a copy",
                    );
                    return;
                }
                self.assign_item(&object, &index, value, of, at);
            }
            _ => {}
        }
    }

    /// A cell or column that gets a name shows it in the generated code.
    fn named(&mut self, value: Value<'b>, name: &str) -> Value<'b> {
        if let Value::Cell(cell) = &value
            && let Some((_, val)) = cell.single()
        {
            val.named(name);
        }
        value
    }

    fn unpack(&mut self, targets: &[Expr], value: &Value<'b>, at: Span) {
        let items = match value {
            Value::Unknown(_) => None,
            value if targets.iter().any(|target| matches!(target.kind, ExprKind::Starred(_))) => self.with_rest(targets, value, at),
            Value::Pieces(pieces) => pandas::pieces::unpacked(self, pieces, targets.len(), at).ok(),
            Value::Part(_, part) if part == crate::array_cells::WHERE => {
                (0..targets.len() as i64).map(|number| crate::array_cells::where_item(value, Some(number))).collect()
            }
            Value::Sequence(items) => crate::sequence::unpacked(self, items, targets.len(), at).ok(),
            value => self.items(value, at),
        };
        match items {
            Some(items) if items.len() == targets.len() => {
                for (target, item) in targets.iter().zip(items) {
                    self.assign(target, item, at);
                }
            }
            Some(_) => {
                let why = self.unsupported(at, "unpacking into another number of names");
                targets.iter().for_each(|target| self.assign(target, Value::Unknown(why.clone()), at));
            }
            None => {
                let unknown = match value {
                    Value::Unknown(unknown) => Value::Unknown(unknown.clone()),
                    Value::Known(known) => {
                        // A tuple of tables, as `train_test_split` gives: each part is recorded where its name is used.
                        let (fit, columns) = (known.fit, known.batch_columns);
                        targets.iter().for_each(|target| {
                            let part = self.recorded(target.span).with(fit, columns);
                            self.assign(target, Value::Known(part), at);
                        });
                        return;
                    }
                    _ => Value::Unknown(self.unsupported(at, "unpacking this")),
                };
                targets.iter().for_each(|target| self.assign(target, unknown.clone(), at));
            }
        }
    }

    /// What the targets of `a, *rest = items` get: the one with the star a list of what the others leave.
    fn with_rest(&mut self, targets: &[Expr], value: &Value<'b>, at: Span) -> Option<Vec<Value<'b>>> {
        let star = targets.iter().position(|target| matches!(target.kind, ExprKind::Starred(_)))?;
        let behind = targets.len() - star - 1;
        if self.cells_active()
            && let Some(items) = crate::sequence::of(self, value, at).ok()?
        {
            return if behind == 0 { crate::sequence::head_and_rest(self, &items, star, at).ok() } else { None };
        }
        let mut items = self.items(value, at)?;
        if items.len() < targets.len() - 1 {
            return None;
        }
        let last = items.split_off(items.len() - behind);
        let rest = items.split_off(star);
        items.push(self.list(rest));
        items.extend(last);
        Some(items)
    }

    pub(crate) fn assign_attribute(&mut self, of: &Value<'b>, name: &str, value: Value<'b>, at: Span) {
        match of {
            Value::Frame(id) if name == "columns" => pandas::rename_all(self, *id, &value, at),
            Value::Frame(id) if name == "index" => self.frames[id.0].index = None,
            Value::Frame(id) if self.frames[id.0].columns.contains_key(name) => self.set_column(*id, name, value, at),
            Value::Object(id) => {
                let mut value = self.under_control(value);
                let there = self.objects[id.0].attributes.iter().position(|(key, _)| key == name);
                let before = there.map(|there| self.objects[id.0].attributes[there].1.clone());
                // On rows that do not come here it stays what it was.
                if let (Some(reached), Some(before)) = (self.reached(), &before) {
                    value = self.choose_values(reached, &value, before, at).unwrap_or_else(Value::Unknown);
                }
                self.writes.push(Written { of: Container::Object(id.0), by_row: true });
                match there {
                    Some(there) => self.objects[id.0].attributes[there].1 = value,
                    None => self.objects[id.0].attributes.push((name.to_owned(), value)),
                }
            }
            _ => {}
        }
    }

    fn assign_item(&mut self, of: &Value<'b>, index: &Value<'b>, value: Value<'b>, of_expr: &Expr, at: Span) {
        match of {
            Value::Frame(id) => pandas::set_item(self, *id, index, value, at),
            Value::Part(inner, part) if crate::row_writes::place(self, inner, part, index).is_some() => {
                let Some((id, name)) = crate::row_writes::place(self, inner, part, index) else { return };
                if let Err(why) = crate::row_writes::set(self, id, &name, &value, at) {
                    self.frames[id.0].columns.insert(name, Value::Unknown(why));
                }
            }
            Value::Row(id) => {
                let row = match (self.concrete(index), of_expr.as_name()) {
                    (Some(name), Some(_)) => self.row_with(*id, &pandas::column_name(&name), &value, at),
                    _ => Err(self.unsupported(at, "assignment into a row")),
                };
                if let Some(name) = of_expr.as_name().map(str::to_owned) {
                    self.bind(&name, row.unwrap_or_else(Value::Unknown));
                }
            }
            Value::Part(inner, part) => {
                let result = pandas::set_part(self, inner, part, index, value, at);
                if let Err(why) = result {
                    match &**inner {
                        Value::Frame(id) => {
                            self.forget_frame(*id, &why);
                            // A column that it would have made is there, and not known.
                            if let Value::Tuple(parts) = index
                                && let Some(name) = parts.get(1).and_then(|name| self.concrete(name)).filter(|name| name.items().is_none())
                            {
                                self.frames[id.0].columns.entry(pandas::column_name(&name)).or_insert(Value::Unknown(why));
                            }
                        }
                        _ => self.forget_root(of_expr, &why),
                    }
                }
            }
            Value::Column(column) => {
                // A named series, set by a mask: the name is bound anew.
                let name = of_expr.as_name().map(str::to_owned);
                let new = self
                    .change_of_its_own(name.as_deref(), of, at)
                    .and_then(|()| crate::array_cells::kept_type(self, column, &value, at))
                    .and_then(|()| pandas::set_where(self, column, index, &value, at))
                    .unwrap_or_else(Value::Unknown);
                if let Some(name) = name {
                    self.bind_changed(&name, new);
                }
            }
            Value::List(id) => {
                self.writes.push(Written { of: Container::List(id.0), by_row: false });
                let at = self.concrete(index).and_then(|index| index.as_int());
                let items = &mut self.lists[id.0];
                let length = items.len() as i64;
                if let Some(slot) =
                    at.map(|at| if at < 0 { at + length } else { at }).and_then(|at| items.get_mut(usize::try_from(at).ok()?))
                {
                    *slot = value;
                }
            }
            Value::Dict(id) => crate::row_dicts::put(self, *id, index, value, at),
            // `out = pd.DataFrame()`, filled column by column, gets its rows from the first one.
            Value::Known(known)
                if matches!(value, Value::Column(_) | Value::Unknown(_)) && is_empty_frame(known) && of_expr.as_name().is_some() =>
            {
                let space = if let Value::Column(column) = &value { column.space } else { 0 };
                let made = self.frame(Frame { space, ..Frame::default() });
                if let (Some(name), Value::Frame(id)) = (of_expr.as_name().map(str::to_owned), &made) {
                    pandas::set_item(self, *id, index, value, at);
                    self.bind(&name, made);
                }
            }
            Value::Known(known) if self.with_item(known, index, &value).is_some() && of_expr.as_name().is_some() => {
                if let (Some(changed), Some(name)) = (self.with_item(known, index, &value), of_expr.as_name()) {
                    self.bind(name, Value::Known(changed));
                }
            }
            Value::Known(_) if self.touches_rows(&value) || self.touches_rows(index) => {
                let why = match self.unknown_among(&[&value, index]) {
                    Some(why) => why,
                    None => self.unsupported(at, "writing scoring rows into something else"),
                };
                self.forget_root(of_expr, &why);
            }
            Value::Matrix(columns) => {
                let name = of_expr.as_name().filter(|name| self.is_of_its_own(name));
                let set = match name {
                    Some(_) => match self.change_of_its_own(name, of, at) {
                        Ok(()) => crate::array_cells::set(self, columns, index, &value, at),
                        Err(why) => Some(Err(why)),
                    },
                    None => None,
                };
                match (name, set) {
                    (Some(name), Some(Ok(columns))) => self.bind_changed(name, Value::Matrix(columns)),
                    (_, Some(Err(why))) => self.forget_root(of_expr, &why),
                    _ => {
                        let why = self.refuse(
                            "python-array-set",
                            at,
                            "this assignment into an array cannot be converted",
                            "another name may be of the same array, or the places are not those of a mask",
                            "make a copy first and set by a mask: x = x.copy(); x[np.isnan(x)] = 0",
                        );
                        self.forget_root(of_expr, &why);
                    }
                }
            }
            _ => {}
        }
    }

    /// The row with another cell: a copy, which the frame does not see.
    fn row_with(&mut self, id: FrameId, name: &str, value: &Value<'b>, at: Span) -> Result<Value<'b>, crate::value::Unknown> {
        let mut frame = self.frames[id.0].clone();
        let cell = crate::ops::to_cell(self, value, None, at)?;
        let column = Column { cell, name: Some(name.to_owned()), space: frame.space, array: false };
        frame.columns.insert(name.to_owned(), Value::Column(column));
        Ok(match self.frame(frame) {
            Value::Frame(id) => Value::Row(id),
            other => other,
        })
    }

    /// A dict that is known, with another item. None for what is no dict, and for an item that is not known.
    fn with_item(&self, known: &Known, index: &Value<'b>, value: &Value<'b>) -> Option<Known> {
        let mut changed = known.clone_unused()?.as_tagged()?.clone();
        let (Tagged::Dict(pairs) | Tagged::Defaults(crate::record::Defaults { pairs, .. })) = &mut changed else { return None };
        let (key, value) = (self.concrete(index)?, self.concrete(value)?);
        match pairs.iter_mut().find(|(one, _)| fold::same_key(one, &key)) {
            Some((_, old)) => *old = value,
            None => pairs.push((key, value)),
        }
        known.look();
        Some(known.part(crate::record::Value::tagged(changed)))
    }

    /// A change of a list that a comprehension, `split` or a branch made: who else knows it would not see the change.
    pub(crate) fn list_made(&mut self, at: Span, change: &str) -> crate::value::Unknown {
        let instead = match change {
            "append" | "extend" | "insert" | "+=" => {
                "start from a list that is written out, and put the others into it: words = []; words.extend(...)"
            }
            "sort" => "make another list: sorted(words)",
            "reverse" => "make another list: words[::-1]",
            _ => "make another list of what stays: [word for word in words if ...]",
        };
        let what = format!("`{change}` of a list that the row makes cannot be converted");
        self.refuse("python-unsupported", at, what, "the output needs this value", instead)
    }

    /// A list or dict of the row changes in a way that is not followed: neither its name nor another one of it has what it had.
    pub(crate) fn changed_unseen(&mut self, of: Option<&Expr>, why: crate::value::Unknown, at: Span) -> crate::value::Unknown {
        let always = self.b.bool(true);
        crate::sequence::refuse(self, always, "a list or dict is changed in a way that is not followed", at);
        if let Some(of) = of {
            self.forget_root(of, &why);
        }
        why
    }

    fn forget_root(&mut self, expr: &Expr, why: &crate::value::Unknown) {
        let mut root = expr;
        while let ExprKind::Subscript { value, .. } | ExprKind::Attribute { value, .. } = &root.kind {
            root = value;
        }
        if let ExprKind::Name(name) = &root.kind {
            self.bind(name, Value::Unknown(why.clone()));
        }
    }

    /// The index of a frame as a column, if it has a name.
    pub(crate) fn named_index(&self, of: &Value<'b>) -> Option<Column<'b>> {
        match of {
            Value::Frame(id) => self.frames[id.0].index.clone(),
            _ => None,
        }
    }

    /// The frame of that name, if the name is of one.
    pub(crate) fn frame_named(&self, name: &str) -> Option<FrameId> {
        match self.find_name(name, Some(self.scope)) {
            Some(Value::Frame(id)) => Some(*id),
            _ => None,
        }
    }

    /// A frame of which no column has a value on the rows of some guards.
    pub(crate) fn guard_frame(&mut self, id: FrameId, guards: &Guards) {
        for slot in self.frames[id.0].columns.values_mut() {
            if let Value::Column(column) = slot {
                column.cell.guards.extend(guards);
            }
        }
    }

    pub(crate) fn forget_frame(&mut self, id: FrameId, why: &crate::value::Unknown) {
        self.frames[id.0].columns.values_mut().for_each(|column| *column = Value::Unknown(why.clone()));
    }

    /// `frame[name] = value`. Scalars are spread over the rows; the value gets the column's name.
    pub(crate) fn set_column(&mut self, id: FrameId, name: &str, value: Value<'b>, at: Span) {
        let space = self.frames[id.0].space;
        let value = self.under_control(value);
        // A dummy column that no scoring row made, filled with zero, is what it means for every row.
        if pandas::fills_family(self, id, name, &value) {
            return;
        }
        // A frame of which nothing is known yet has the rows of the first column that is.
        let nothing_known = self.frames[id.0].columns.values().all(|one| matches!(one, Value::Unknown(_)));
        let space = match &value {
            Value::Column(column) if nothing_known && !self.frames[id.0].columns.is_empty() => {
                self.frames[id.0].space = column.space;
                column.space
            }
            _ => space,
        };
        let column = match value {
            Value::Column(column) if column.space == space || column.array && !self.in_other_order(column.space, space) => {
                Value::Column(Column { name: Some(name.to_owned()), space, array: false, ..column })
            }
            Value::Frame(of) if self.frames[of.0].columns.len() == 1 && self.frames[of.0].families.is_empty() => {
                let only = self.frames[of.0].columns.values().next().cloned();
                let only = only.unwrap_or_else(|| self.none());
                return self.set_column(id, name, only, at);
            }
            // A matrix of one column is a column.
            Value::Matrix(columns) if columns.len() == 1 => match columns.first() {
                Some(column) if !self.in_other_order(column.space, space) => {
                    Value::Column(Column { name: Some(name.to_owned()), space, array: false, ..column.clone() })
                }
                _ => Value::Unknown(self.unsupported(at, "an array over rows in another order")),
            },
            Value::Column(column) if self.filters_between(space, column.space).is_some() => {
                Value::Column(Column { name: Some(name.to_owned()), space, ..column })
            }
            Value::Column(column) if self.filters_between(column.space, space).is_some_and(|filters| !filters.is_empty()) => {
                match pandas::aligned(self, column, space, at) {
                    Ok(column) => Value::Column(Column { name: Some(name.to_owned()), ..column }),
                    Err(why) => Value::Unknown(why),
                }
            }
            Value::Column(_) => Value::Unknown(self.refuse(
                "python-row-alignment",
                at,
                "a column of filtered rows is assigned to a frame with other rows",
                "pandas aligns the two by index, and leaves the others missing",
                "filter before, or use np.where or .where on all rows",
            )),
            Value::Cell(cell) => Value::Column(Column { cell, name: Some(name.to_owned()), space, array: false }),
            Value::Part(of, part) if part == "index" && self.named_index(&of).is_some() => {
                let index = self.named_index(&of);
                index.map_or_else(
                    || self.none(),
                    |index| Value::Column(Column { name: Some(name.to_owned()), space, array: false, ..index }),
                )
            }
            Value::Pieces(pieces) if pieces.rows() == Some(space) => Value::Pieces(pieces),
            // A mask that knows the places of rows only: it may take some of them later.
            Value::Part(of, part) if part == crate::sklearn::split::PLACES => Value::Part(of, part),
            Value::Objects(objects) if objects.like.space == space => Value::Objects(objects),
            Value::Zipped(columns) if columns.iter().all(|column| column.space == space) => pandas::frame::tuples(self, &columns),
            Value::Unknown(why) => Value::Unknown(why),
            other => match pandas::spread(self, &other, Some(name), space, at) {
                Ok(column) => Value::Column(column),
                Err(why) => Value::Unknown(why),
            },
        };
        if let Value::Column(column) = &column {
            column.cell.alternatives.iter().for_each(|alternative| {
                alternative.val.named(name);
            });
        }
        self.frames[id.0].columns.insert(name.to_owned(), column);
    }

    pub(crate) fn delete(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Subscript { value, index } => {
                let (of, index) = (self.value(value), self.value(index));
                if let (Value::Frame(id), Some(name)) = (&of, self.concrete(&index).and_then(|value| value.as_str().map(str::to_owned))) {
                    self.frames[id.0].columns.shift_remove(&name);
                }
                if let Value::Dict(id) = &of
                    && crate::row_dicts::is_of_row(self, *id)
                {
                    let why = self.unsupported(target.span, "`del` of a key of a dict whose keys depend on the row");
                    self.changed_unseen(Some(value), why, target.span);
                } else if let Value::Dict(id) = &of {
                    crate::row_dicts::place_of(self, *id, &index).map(|found| self.dicts[id.0].remove(found));
                }
            }
            ExprKind::Name(name) => {
                let scope = self.scope;
                self.scopes[scope.0].names.remove(name);
            }
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.delete(item)),
            _ => {}
        }
    }

    pub(crate) fn aug_assign(&mut self, span: Span, target: &Expr, op: BinaryOp, value: &Expr) {
        let noted = self.notes.len();
        let before = self.value(target);
        // `frame.loc[mask, "c"] *= 2` takes some rows, and drops none.
        let mut number = 0;
        self.notes.retain(|note| {
            number += 1;
            number <= noted || note.name != "python-row-filter"
        });
        let right = self.value(value);
        // `names += ["c"]` changes the list in place.
        if let (Value::List(id), BinaryOp::Add) = (&before, op)
            && let Some(extended) = crate::sequence::extend(self, *id, &right, value.span)
        {
            if let (Err(why), Some(name)) = (extended, target.as_name()) {
                self.bind_changed(name, Value::Unknown(why));
            }
            return;
        }
        if let (Value::List(id), BinaryOp::Add) = (&before, op)
            && let Some(more) = self.items(&right, value.span)
        {
            self.writes.push(Written { of: Container::List(id.0), by_row: false });
            self.lists[id.0].extend(more);
            return;
        }
        if matches!(before, Value::Sequence(_) | Value::Pieces(_)) && op == BinaryOp::Add {
            let why = self.list_made(span, "+=");
            self.changed_unseen(Some(target), why, span);
            return;
        }
        let result = match &target.kind {
            // A plain name is recorded after the statement.
            ExprKind::Name(_) if !self.touches_rows(&before) && !self.touches_rows(&right) => self.binary(op, &before, &right, span),
            _ => self.binary(op, &before, &right, span),
        };
        let result = result.and_then(|value| self.change_of_its_own(target.as_name(), &before, span).map(|()| value));
        match (&before, result.unwrap_or_else(Value::Unknown)) {
            // A frame changes under all of its names.
            (Value::Frame(id), Value::Frame(new)) => self.frames[id.0] = self.frames[new.0].clone(),
            (before, value) => match target.as_name() {
                Some(name) => {
                    let value = self.named(value, name);
                    self.bind_changed(name, value);
                    if !matches!(before, Value::Column(_) | Value::Matrix(_)) {
                        self.fresh.insert((self.scope, name.to_owned()));
                    }
                }
                None => self.assign(target, value, span),
            },
        }
    }
}

/// Whether it is a frame with neither rows nor columns.
fn is_empty_frame(known: &Known) -> bool {
    matches!(known.tagged(), Some(Tagged::Frame(frame)) if frame.rows == 0 && frame.columns.is_empty())
}
