/// An array on the heap: on the stack it would be too large.
pub(super) fn boxed<T: Copy, const N: usize>(value: T) -> Box<[T; N]> {
    match vec![value; N].into_boxed_slice().try_into() {
        Ok(array) => array,
        Err(_) => unreachable!("it has N elements"),
    }
}

