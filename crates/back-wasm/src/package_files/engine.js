// How records and columns get into the module's memory and back. The table of columns has 8 bytes for each input, each output and the
// status: the address of the elements and that of the nulls, a byte each, which only nullable columns have.

const { memory, alloc, reset, score: run } = (await WebAssembly.instantiate(await bytesOfModule())).instance.exports;

async function bytesOfModule() {
  const url = new URL("./scorer.wasm", import.meta.url);
  if (url.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return readFile(url);
  }
  return (await fetch(url)).arrayBuffer();
}

const SIZES = { bool: 1, i32: 4, i64: 8, f32: 4, f64: 8, str: 8, date: 8, datetime: 8, duration: 8 };
const ARRAYS = {
  bool: Uint8Array, i32: Int32Array, i64: BigInt64Array, f32: Float32Array, f64: Float64Array,
  date: BigInt64Array, datetime: BigInt64Array, duration: BigInt64Array,
};
const CHUNK = 4096;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Views of the memory, made again when it has grown.
let u8, i32, i64, f32, f64;
function look() {
  if (u8?.buffer === memory.buffer) return;
  u8 = new Uint8Array(memory.buffer);
  i32 = new Int32Array(memory.buffer);
  i64 = new BigInt64Array(memory.buffer);
  f32 = new Float32Array(memory.buffer);
  f64 = new Float64Array(memory.buffer);
}

function wrong(column, value) {
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : `${typeof value} ${String(value)}`;
  return new TypeError(`${column.name}: expected ${column.kind}${column.nullable ? " or null" : ""}, found ${found}`);
}

// Short plain text needs no encoder, which costs more than the copy. False if there is more in it.
function putPlain(text, address) {
  if (text.length > 64) return false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return false;
    u8[address + at] = unit;
  }
  return true;
}

function putText(text, texts) {
  const known = texts?.get(text);
  if (known !== undefined) return known;
  const room = text.length * 3;
  const address = alloc(room);
  look();
  const length = putPlain(text, address) ? text.length : encoder.encodeInto(text, u8.subarray(address, address + room)).written;
  reset(address + length);
  const place = [address, length];
  texts?.set(text, place);
  return place;
}

// Writes one element. Text may make the memory grow, so views are looked at after that.
function put(column, address, value, texts) {
  switch (column.kind) {
    case "f64":
      if (typeof value !== "number") throw wrong(column, value);
      f64[address >>> 3] = value;
      break;
    case "f32":
      if (typeof value !== "number") throw wrong(column, value);
      f32[address >>> 2] = value;
      break;
    case "i32":
      if (typeof value !== "number" || (value | 0) !== value) throw wrong(column, value);
      i32[address >>> 2] = value;
      break;
    case "bool":
      if (typeof value !== "boolean" && value !== 0 && value !== 1) throw wrong(column, value);
      u8[address] = value ? 1 : 0;
      break;
    case "str": {
      if (typeof value !== "string") throw wrong(column, value);
      const [start, length] = putText(value, texts);
      look();
      i32[address >>> 2] = start;
      i32[(address >>> 2) + 1] = length;
      break;
    }
    default:
      if (typeof value !== "bigint" && !Number.isSafeInteger(value)) throw wrong(column, value);
      i64[address >>> 3] = BigInt(value);
  }
}

// Short plain text needs no decoder either. Undefined if there is more in it.
function getPlain(address, length) {
  if (length > 24) return undefined;
  let text = "";
  for (let at = address; at < address + length; at++) {
    const byte = u8[at];
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

// Text that is part of the module is decoded once.
const constants = new Map();
function getText(address, length) {
  if (length === 0) return "";
  if (address >= firstFree) return getPlain(address, length) ?? decoder.decode(u8.subarray(address, address + length));
  const key = address + length * 2 ** 32;
  let text = constants.get(key);
  if (text === undefined) constants.set(key, (text = decoder.decode(u8.subarray(address, address + length))));
  return text;
}

function get(kind, address) {
  switch (kind) {
    case "f64": return f64[address >>> 3];
    case "f32": return f32[address >>> 2];
    case "i32": return i32[address >>> 2];
    case "bool": return u8[address] === 1;
    case "str": return getText(i32[address >>> 2], i32[(address >>> 2) + 1]);
    default: return i64[address >>> 3];
  }
}

// Takes memory for `rows` rows of each column; gives the addresses as the table has them, and that of the table.
function layOut(rows) {
  const columns = [...INPUTS, ...OUTPUTS, { kind: "i32", length: 1, nullable: false }];
  const places = columns.map(({ kind, length, nullable }) => ({
    elements: alloc(rows * (length ?? 1) * SIZES[kind]),
    nulls: nullable ? alloc(rows) : 0,
  }));
  const table = alloc(8 * places.length);
  look();
  places.forEach(({ elements, nulls }, index) => {
    i32[(table >>> 2) + 2 * index] = elements;
    i32[(table >>> 2) + 2 * index + 1] = nulls;
  });
  return { inputs: places.slice(0, INPUTS.length), outputs: places.slice(INPUTS.length, -1), status: places.at(-1).elements, table };
}

const firstFree = alloc(0);
const one = layOut(1);
const start = alloc(0);
look();

function isArray(value) {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function putArray(column, address, values) {
  if (!isArray(values) || values.length !== column.length) {
    throw new TypeError(`${column.name}: expected ${column.length} elements, found ${isArray(values) ? values.length : String(values)}`);
  }
  const size = SIZES[column.kind];
  for (let at = 0; at < column.length; at++) put(column, address + at * size, values[at]);
}

// One field of the one row.
function putField(index, value) {
  const column = INPUTS[index];
  const { elements, nulls } = one.inputs[index];
  if (column.length !== undefined) {
    putArray(column, elements, value);
  } else if (!column.nullable) {
    put(column, elements, value);
  } else if (value === null || value === undefined) {
    u8[nulls] = 1;
    zero(column.kind, elements);
  } else {
    u8[nulls] = 0;
    put(column, elements, value);
  }
}

function getField(index) {
  const { kind, length, nullable } = OUTPUTS[index];
  const { elements, nulls } = one.outputs[index];
  if (length !== undefined) return elementsOf(kind, elements, length);
  return nullable && u8[nulls] === 1 ? null : get(kind, elements);
}

export function score(input) {
  reset(start);
  putRow(input);
  run(1, one.table);
  look();
  const status = i32[one.status >>> 2];
  if (status !== 0) return { ...rejections[status - 1] };
  return { status: "scored", output: getRow() };
}

function zero(kind, address) {
  u8.fill(0, address, address + SIZES[kind]);
}

function elementsOf(kind, address, count) {
  if (kind === "str" || kind === "bool") return Array.from({ length: count }, (_, at) => get(kind, address + at * SIZES[kind]));
  return new ARRAYS[kind](memory.buffer.slice(address, address + count * SIZES[kind]));
}

export function scoreBatch(inputs) {
  return Array.from(inputs, score);
}

export function scoreColumns(columns) {
  const rows = rowsOf(columns);
  const status = new Int32Array(rows);
  const outputs = {};
  for (const { name, kind, length, nullable } of OUTPUTS) {
    const count = rows * (length ?? 1);
    outputs[name] = nullable || kind === "str" ? new Array(count).fill(null) : new ARRAYS[kind](count);
  }
  for (let first = 0; first < rows; first += CHUNK) {
    scoreChunk(columns, first, Math.min(CHUNK, rows - first), status, outputs);
  }
  return { rows, status, outputs };
}

function rowsOf(columns) {
  let rows;
  for (const { name, length } of INPUTS) {
    const values = columns[name];
    if (!isArray(values)) throw new TypeError(`${name}: expected an array with an element a row, found ${String(values)}`);
    const count = values.length / (length ?? 1);
    if (rows !== undefined && count !== rows) throw new RangeError(`${name}: has ${count} rows, other columns have ${rows}`);
    rows = count;
  }
  return rows ?? columns.rows ?? 0;
}

function scoreChunk(columns, first, rows, status, outputs) {
  reset(start);
  const places = layOut(rows);
  const texts = new Map();
  INPUTS.forEach((column, index) => putColumn(column, places.inputs[index], columns[column.name], first, rows, texts));
  run(rows, places.table);
  look();
  status.set(i32.subarray(places.status >>> 2, (places.status >>> 2) + rows), first);
  OUTPUTS.forEach((column, index) => getColumn(column, places.outputs[index], status, outputs[column.name], first, rows));
}

function putColumn(column, { elements, nulls }, values, first, rows, texts) {
  const { kind, nullable } = column;
  const length = column.length ?? 1;
  const size = SIZES[kind];
  const count = rows * length;
  const from = first * length;
  if (nullable) u8.fill(0, nulls, nulls + rows);
  if (kind !== "bool" && ARRAYS[kind] !== undefined && values instanceof ARRAYS[kind]) {
    new ARRAYS[kind](memory.buffer, elements, count).set(values.subarray(from, from + count));
    return;
  }
  for (let at = 0; at < count; at++) {
    const value = values[from + at];
    if (nullable && (value === null || value === undefined)) {
      u8[nulls + at] = 1;
      zero(kind, elements + at * size);
    } else {
      put(column, elements + at * size, value, texts);
    }
  }
}

function getColumn({ kind, length = 1, nullable }, { elements, nulls }, status, values, first, rows) {
  const size = SIZES[kind];
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < length; at++) {
      const to = (first + row) * length + at;
      if (status[first + row] !== 0) {
        if (kind === "f64" || kind === "f32") if (!nullable) values[to] = NaN;
      } else if (!(nullable && u8[nulls + row] === 1)) {
        values[to] = get(kind, elements + (row * length + at) * size);
      }
    }
  }
}
