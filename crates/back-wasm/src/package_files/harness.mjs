import { readFileSync, writeSync } from "node:fs";

const input = readFileSync(0);
const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
let at = 0;
const take = (size) => (at += size) - size;
const readers = {
  bool: () => input[take(1)] !== 0,
  i32: () => view.getInt32(take(4), true),
  f32: () => view.getFloat32(take(4), true),
  f64: () => view.getFloat64(take(8), true),
  str: () => {
    const length = view.getUint32(take(4), true);
    return input.toString("utf8", at, take(length) + length);
  },
};
const read = (kind) => (readers[kind] ?? (() => view.getBigInt64(take(8), true)))();

// Every NaN is written as the canonical one: its sign and payload are not defined by any target.
const scratch = new DataView(new ArrayBuffer(8));
const bytes = (size, put) => {
  put();
  return Buffer.from(scratch.buffer.slice(0, size));
};
function write(kind, value) {
  switch (kind) {
    case "bool": return Buffer.from([value ? 1 : 0]);
    case "i32": return bytes(4, () => scratch.setInt32(0, value, true));
    case "f32": return Number.isNaN(value) ? bytes(4, () => scratch.setUint32(0, 0x7fc00000, true)) : bytes(4, () => scratch.setFloat32(0, value, true));
    case "f64": return Number.isNaN(value) ? bytes(8, () => scratch.setBigUint64(0, 0x7ff8000000000000n, true)) : bytes(8, () => scratch.setFloat64(0, value, true));
    case "str": {
      const text = Buffer.from(value, "utf8");
      return Buffer.concat([bytes(4, () => scratch.setUint32(0, text.length, true)), text]);
    }
    default: return bytes(8, () => scratch.setBigInt64(0, value, true));
  }
}

const flag = (set) => Buffer.from([set ? 1 : 0]);
// The cells of one output row; `cell(column)` is a value, or an array of elements.
function written(outputs, cell) {
  return Buffer.concat([flag(false), ...outputs.flatMap((column) => {
    const value = cell(column);
    if (column.length !== undefined) return Array.from(value, (element) => write(column.kind, element));
    if (!column.nullable) return [write(column.kind, value)];
    return value === null ? [flag(false)] : [flag(true), write(column.kind, value)];
  })]);
}
const refused = (number) => Buffer.concat([flag(true), write("i32", number)]);

const parts = [];
while (at < input.length) {
  const scorer = cases[view.getUint32(take(4), true)];
  const { inputs, outputs, rejections, score, scoreColumns, predictions = [] } = scorer;
  const rows = view.getUint32(take(4), true);
  const records = [];
  for (let row = 0; row < rows; row++) {
    const cell = ({ kind, nullable, length }) => {
      if (length !== undefined) return Array.from({ length }, () => read(kind));
      return nullable && !readers.bool() ? null : read(kind);
    };
    records.push(Object.fromEntries(inputs.map((column) => [column.name, cell(column)])));
  }
  const columns = Object.fromEntries(inputs.map(({ name }) => [name, records.flatMap((record) => record[name])]));
  const results = scoreColumns(inputs.length === 0 ? { rows } : columns);
  for (let row = 0; row < rows; row++) {
    const status = results.status[row];
    const of = ({ name, length }) => length === undefined ? results.outputs[name][row] : results.outputs[name].slice(row * length, (row + 1) * length);
    const part = status === 0 ? written(outputs, of) : refused(status - 1);
    const outcome = score(records[row]);
    const single = outcome.status === "scored"
      ? written(outputs, ({ name }) => outcome.output[name])
      : refused(rejections[status - 1]?.reason === outcome.reason ? status - 1 : -1);
    for (const { name, class: word, label, classes, scores } of outcome.status === "scored" ? predictions : []) {
      const made = scorer[name](outcome.output);
      const wanted = scores.length === 1 ? Array.from(outcome.output[scores[0]]) : scores.map((score) => outcome.output[score]);
      const same = made[word] === outcome.output[label] && classes.includes(made[word]) && wanted.every((score, at) => Object.is(score, made.scores[at]));
      if (!same) throw new Error(`row ${row}: a prediction says something else`);
    }
    if (!part.equals(single)) throw new Error(`row ${row}: the column form and the row form differ`);
    parts.push(part);
  }
}
const output = Buffer.concat(parts);
for (let done = 0; done < output.length; ) done += writeSync(1, output, done);
