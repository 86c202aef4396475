/** A row that the original refuses (`invalid`) or drops (`filtered`), or for which its answer is a matter of the machine (`undetermined`). */
export interface Rejection {
  status: "invalid" | "filtered" | "undetermined";
  /** What is wrong with the row, or the line that drops such rows. */
  reason: string;
}

export type Outcome = { status: "scored"; output: Output } | Rejection;

export interface Results {
  rows: number;
  /** One a row: 0 if it was scored, else the position of its rejection in `rejections`, plus 1. */
  status: Int32Array;
  outputs: OutputColumns;
}

/** Scores one row. Throws a `TypeError` if a field is missing or of the wrong kind. */
export function score(input: Input): Outcome;

/** Scores rows, each on its own. */
export function scoreBatch(inputs: Iterable<Input>): Outcome[];

/** Scores columns. Typed arrays of a column's own kind are the fastest; lists may hold null where a row may. */
export function scoreColumns(columns: Columns): Results;

export interface ColumnDescription {
  /** The field of the records here. */
  name: string;
  /** The column as its author called it. */
  column: string;
  kind: "bool" | "i32" | "i64" | "f32" | "f64" | "str" | "date" | "datetime" | "duration";
  nullable: boolean;
  /** The number of elements, if it is not a single one. */
  length?: number;
}

export const inputs: readonly ColumnDescription[];
export const outputs: readonly ColumnDescription[];
export const rejections: readonly Rejection[];
