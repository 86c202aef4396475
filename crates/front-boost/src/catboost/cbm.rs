//! stub
use super::Model;
use crate::Fault;
pub(crate) fn read(_: &[u8]) -> Result<Model, Fault> {
    Err(Fault::malformed("", "not yet"))
}
