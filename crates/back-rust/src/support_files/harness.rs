use std::io::{Read, Write};

struct Reader<'a> {
    data: &'a [u8],
}

#[allow(dead_code)]
impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (head, tail) = self.data.split_at(count);
        self.data = tail;
        head
    }
    fn bool(&mut self) -> bool {
        self.take(1)[0] != 0
    }
    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().unwrap())
    }
    fn i32(&mut self) -> i32 {
        self.u32() as i32
    }
    fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.take(8).try_into().unwrap())
    }
    fn f32(&mut self) -> f32 {
        f32::from_bits(self.u32())
    }
    fn f64(&mut self) -> f64 {
        f64::from_bits(self.i64() as u64)
    }
    fn str(&mut self) -> &'a str {
        let count = self.u32() as usize;
        std::str::from_utf8(self.take(count)).unwrap()
    }
}

#[allow(dead_code)]
fn put_bool(output: &mut Vec<u8>, x: bool) {
    output.push(u8::from(x));
}
#[allow(dead_code)]
fn put_i32(output: &mut Vec<u8>, x: i32) {
    output.extend(x.to_le_bytes());
}
#[allow(dead_code)]
fn put_i64(output: &mut Vec<u8>, x: i64) {
    output.extend(x.to_le_bytes());
}
// Every NaN is written as the canonical one: its sign and payload are not defined by any target.
#[allow(dead_code)]
fn put_f32(output: &mut Vec<u8>, x: f32) {
    output.extend((if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() }).to_le_bytes());
}
#[allow(dead_code)]
fn put_f64(output: &mut Vec<u8>, x: f64) {
    output.extend((if x.is_nan() { 0x7ff8_0000_0000_0000 } else { x.to_bits() }).to_le_bytes());
}
#[allow(dead_code)]
fn put_str(output: &mut Vec<u8>, x: &str) {
    output.extend((x.len() as u32).to_le_bytes());
    output.extend(x.as_bytes());
}

fn main() {
    // Records with large arrays need more than the stack of the main thread.
    let scorers = std::thread::Builder::new().stack_size(1 << 30).spawn(serve).unwrap();
    scorers.join().unwrap();
}

fn serve() {
    let mut data = Vec::new();
    std::io::stdin().read_to_end(&mut data).unwrap();
    let mut input = Reader { data: &data };
    let mut output = Vec::new();
    while !input.data.is_empty() {
        let (case, rows) = (input.u32(), input.u32());
        run(case, rows, &mut input, &mut output);
    }
    std::io::stdout().write_all(&output).unwrap();
}

