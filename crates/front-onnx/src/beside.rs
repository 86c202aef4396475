//! External data: weights in files beside the model, which must stay in its folder.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path};

use bytes::Bytes;

use crate::tensor::Beside;

/// The folder of the model, if it has one.
pub struct Folder<'p>(pub Option<&'p Path>);

impl Beside for Folder<'_> {
    fn read(&self, location: &str, offset: u64, length: Option<u64>) -> Result<Bytes, String> {
        let Some(folder) = self.0 else { return Err("its data lies in another file (external data)".to_owned()) };
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
        let mut file = File::open(path).map_err(cannot)?;
        let size = file.metadata().map_err(cannot)?.len();
        let length = length.unwrap_or(size.saturating_sub(offset));
        if offset.checked_add(length).is_none_or(|end| end > size) {
            return Err(format!("its external data `{location}` has {size} bytes, and {length} from {offset} on are asked for"));
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|error| error.to_string())?];
        file.seek(SeekFrom::Start(offset)).map_err(cannot)?;
        file.read_exact(&mut bytes).map_err(cannot)?;
        Ok(Bytes::from(bytes))
    }
}
