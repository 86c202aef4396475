//! A model of tens of megabytes is read, checked and planned within three times its size.
//!
//! What the process holds at most is asked of Linux, so nothing else runs in this one.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use driver::open;
use source::Sources;

/// Of a field that holds bytes: its number, the length and the bytes.
fn field(number: usize, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    [varint(number << 3 | 2), varint(bytes.len()), bytes.to_vec()].concat()
}

fn number(number: usize, value: usize) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}

fn varint(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn float_matrix(name: &str, rows: usize, columns: usize) -> Vec<u8> {
    let values: Vec<u8> = (0..rows * columns).flat_map(|at| ((at * 7919 % 1000) as f32 / 1e6 - 5e-4).to_le_bytes()).collect();
    [number(1, rows), number(1, columns), number(2, 1), field(8, name), field(9, values)].concat()
}

/// `[N, columns]` of floats.
fn port(name: &str, columns: usize) -> Vec<u8> {
    let dims = [field(1, field(2, "N")), field(1, number(1, columns))].concat();
    let tensor = [number(1, 1), field(2, dims)].concat();
    [field(1, name), field(2, field(1, tensor))].concat()
}

/// Dense layers with these widths: `Gemm` with its weights transposed, as PyTorch writes them.
fn network(widths: &[usize]) -> Vec<u8> {
    let mut graph = Vec::new();
    for (at, pair) in widths.windows(2).enumerate() {
        let transposed = [field(1, "transB"), number(3, 1), number(20, 2)].concat();
        let inputs = [field(1, format!("x{at}")), field(1, format!("w{at}"))].concat();
        graph.extend(field(1, [inputs, field(2, format!("x{}", at + 1)), field(4, "Gemm"), field(5, transposed)].concat()));
        graph.extend(field(5, float_matrix(&format!("w{at}"), pair[1], pair[0])));
    }
    let last = widths.len() - 1;
    graph.extend([field(2, "network"), field(11, port("x0", widths[0])), field(12, port(&format!("x{last}"), widths[last]))].concat());
    [number(1, 8), field(7, graph), field(8, number(2, 17))].concat()
}

/// The most that this process has held since it was last asked for it, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().unwrap();
    // So it is counted anew from what is held now.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    kilobytes << 10
}

#[test]
fn a_network_is_loaded_within_three_times_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let load = |widths: &[usize]| {
        let path = folder.path().join("network.onnx");
        std::fs::write(&path, network(widths)).unwrap();
        peak();
        let before = peak();
        assert!(open(&path, &mut Sources::default()).is_ok(), "it does not convert");
        (std::fs::metadata(&path).unwrap().len() as usize, peak() - before)
    };
    // What is set up once is none of the network's.
    load(&[4, 4, 1]);
    let (size, held) = load(&[64, 2048, 2048, 2048, 1]);
    assert!(held < 3 * size, "{held} bytes for a file of {size}");
}
