//! External data: weights in files beside the model, which must stay in its folder.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;

use crate::tensor::Beside;

/// All that a model may keep beside it: as much as a model in one file.
const SIZE_LIMIT: usize = 1 << 31;
/// How often a file may be read as a whole: tied weights may name the same bytes twice, and a thousand tensors may not.
const MOST_TIMES: u64 = 2;

/// The folder of the model, if it has one.
pub struct Folder<'p> {
    folder: Option<&'p Path>,
    /// Bytes that may still be read.
    left: Cell<usize>,
    /// Bytes that were read of each file.
    taken: RefCell<BTreeMap<PathBuf, u64>>,
}

impl<'p> Folder<'p> {
    pub fn new(folder: Option<&'p Path>) -> Folder<'p> {
        Folder { folder, left: Cell::new(SIZE_LIMIT), taken: RefCell::default() }
    }
}

impl Beside for Folder<'_> {
    fn read(&self, location: &str, offset: u64, length: usize) -> Result<Bytes, String> {
        let Some(folder) = self.folder else { return Err("its data lies in another file (external data)".to_owned()) };
        let outside = || format!("its external data `{location}` lies outside the folder of the model");
        if !Path::new(location).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(outside());
        }
        // The folder of a bare file name.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let cannot = |error: std::io::Error| format!("its external data `{location}` cannot be read: {error}");
        let (folder, path) = (folder.canonicalize().map_err(cannot)?, folder.join(location).canonicalize().map_err(cannot)?);
        // A link may lead away.
        if !path.starts_with(&folder) {
            return Err(outside());
        }
        let about = path.metadata().map_err(cannot)?;
        // To open a pipe is to wait for who writes it.
        if !about.is_file() {
            return Err(format!("its external data `{location}` is no file"));
        }
        let size = about.len();
        if offset.checked_add(length as u64).is_none_or(|end| end > size) {
            return Err(format!("its external data `{location}` has {size} bytes, and {length} from {offset} on are asked for"));
        }
        let Some(left) = self.left.get().checked_sub(length) else {
            return Err(format!("its external data and that before it come to more than {SIZE_LIMIT} bytes"));
        };
        let mut taken = self.taken.borrow_mut();
        let of_file = taken.entry(path.clone()).or_default();
        *of_file = of_file.saturating_add(length as u64);
        if *of_file > size.saturating_mul(MOST_TIMES) {
            return Err(format!("its external data `{location}` is asked for again and again"));
        }
        self.left.set(left);
        let mut file = File::open(path).map_err(cannot)?;
        let mut bytes = vec![0; length];
        file.seek(SeekFrom::Start(offset)).map_err(cannot)?;
        file.read_exact(&mut bytes).map_err(cannot)?;
        Ok(Bytes::from(bytes))
    }
}
