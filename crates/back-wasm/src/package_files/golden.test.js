// Rows with results that were computed by the reference interpreter. Numbers are compared by their bits; any NaN equals any other.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { inputs, outputs, rejections, score, scoreColumns } from "../index.js";

const rows = JSON.parse(readFileSync(new URL("./golden.json", import.meta.url), "utf8"));

// Floats are written as the hexadecimal digits of their bits, 64-bit integers as decimal digits.
function read(kind, value) {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((element) => read(kind, element));
  const view = new DataView(new ArrayBuffer(8));
  switch (kind) {
    case "f64":
      view.setBigUint64(0, BigInt(`0x${value}`));
      return view.getFloat64(0);
    case "f32":
      view.setUint32(0, Number.parseInt(value, 16));
      return view.getFloat32(0);
    case "bool":
    case "i32":
    case "str":
      return value;
    default:
      return BigInt(value);
  }
}

function record(columns, cells) {
  return Object.fromEntries(columns.map(({ name, kind }, index) => [name, read(kind, cells[index])]));
}

function plain(output) {
  return Object.fromEntries(Object.entries(output).map(([name, value]) => [name, ArrayBuffer.isView(value) ? Array.from(value) : value]));
}

rows.forEach(({ row, output, rejection }, index) => {
  test(`row ${index + 1}`, () => {
    const outcome = score(record(inputs, row));
    if (output === undefined) {
      assert.deepEqual(outcome, rejections[rejection]);
    } else {
      assert.equal(outcome.status, "scored");
      assert.deepEqual(plain(outcome.output), record(outputs, output));
    }
  });
});

test("columns give what rows give", () => {
  const columns = Object.fromEntries(inputs.map(({ name, kind }, index) => [name, rows.flatMap(({ row }) => read(kind, row[index]))]));
  const results = scoreColumns(inputs.length === 0 ? { rows: rows.length } : columns);
  rows.forEach(({ output, rejection }, index) => {
    assert.equal(results.status[index], output === undefined ? rejection + 1 : 0);
    if (output === undefined) return;
    outputs.forEach(({ name, kind, length }, column) => {
      const values = results.outputs[name];
      const found = length === undefined ? values[index] : Array.from(values.slice(index * length, (index + 1) * length));
      const wanted = read(kind, output[column]);
      const same = (value) => (kind === "bool" && value !== null ? Boolean(value) : value);
      assert.deepEqual(length === undefined ? same(found) : found.map(same), wanted);
    });
  });
});
