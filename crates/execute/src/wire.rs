//! Rows and outcomes as bytes. The harness of each back end speaks the same; `back_rust::harness` documents it.

use plan::{Cell, Column, Elem, GoldenOutcome, Literal};

use crate::Job;

pub(crate) fn encode(jobs: &[Job<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, job) in jobs.iter().enumerate() {
        out.extend((number as u32).to_le_bytes());
        out.extend((job.rows.len() as u32).to_le_bytes());
        for row in job.rows {
            for (column, cell) in job.plan.inputs.iter().zip(row) {
                put_cell(column, cell, &mut out);
            }
        }
    }
    out
}

fn put_cell(column: &Column, cell: &Cell, out: &mut Vec<u8>) {
    match cell {
        Cell::Array(values) => values.iter().for_each(|value| put(value, out)),
        Cell::Scalar(value) => {
            if column.ty.nullable {
                out.push(u8::from(!value.is_null()));
            }
            put(value, out);
        }
    }
}

fn put(value: &Literal, out: &mut Vec<u8>) {
    if let Literal::Str(text) = value {
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(text.as_bytes());
    } else {
        out.extend(plan::bytes(std::slice::from_ref(value)));
    }
}

/// Nothing if the bytes end too early or go on too long.
pub(crate) fn decode(jobs: &[Job<'_>], bytes: &[u8]) -> Option<Vec<Vec<GoldenOutcome>>> {
    let mut reader = Reader { rest: bytes };
    let mut all = Vec::new();
    for job in jobs {
        let outcomes: Option<Vec<GoldenOutcome>> = job.rows.iter().map(|_| reader.outcome(&job.plan.outputs)).collect();
        all.push(outcomes?);
    }
    reader.rest.is_empty().then_some(all)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.rest.split_at_checked(count)?;
        self.rest = tail;
        Some(head)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn outcome(&mut self, columns: &[Column]) -> Option<GoldenOutcome> {
        match self.bytes()? {
            [0] => columns.iter().map(|column| self.cell(column)).collect::<Option<_>>().map(GoldenOutcome::Scored),
            [_] => self.bytes().map(|number| GoldenOutcome::Rejected(u32::from_le_bytes(number))),
        }
    }

    fn cell(&mut self, column: &Column) -> Option<Cell> {
        let elem = column.ty.elem;
        if !column.ty.is_scalar() {
            return (0..column.ty.count()).map(|_| self.literal(elem)).collect::<Option<_>>().map(Cell::Array);
        }
        if column.ty.nullable && self.bytes::<1>()? == [0] {
            return Some(Cell::Scalar(Literal::Null(elem)));
        }
        self.literal(elem).map(Cell::Scalar)
    }

    fn literal(&mut self, elem: Elem) -> Option<Literal> {
        let wide = |reader: &mut Self| reader.bytes().map(i64::from_le_bytes);
        Some(match elem {
            Elem::Bool => Literal::Bool(self.bytes::<1>()? != [0]),
            Elem::I32 => Literal::I32(i32::from_le_bytes(self.bytes()?)),
            Elem::F32 => Literal::F32(f32::from_le_bytes(self.bytes()?)),
            Elem::F64 => Literal::F64(f64::from_le_bytes(self.bytes()?)),
            Elem::I64 => Literal::I64(wide(self)?),
            Elem::Date => Literal::Date(wide(self)?),
            Elem::DateTime => Literal::DateTime(wide(self)?),
            Elem::Duration => Literal::Duration(wide(self)?),
            Elem::Str => {
                let count = u32::from_le_bytes(self.bytes()?) as usize;
                Literal::Str(String::from_utf8(self.take(count)?.to_vec()).ok()?)
            }
        })
    }
}
