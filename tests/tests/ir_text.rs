//! The modules of all cases in the text form, and back.

use ir::text::{parse, print};
use tests::scorers::cases;

#[test]
fn the_module_of_every_case_comes_back_from_its_text() {
    for case in cases() {
        // Mathematical functions are written out, so that their tables and functions are in the text too.
        let module = math::expand(&case.checked).into_module();
        let back = parse(&print(&module)).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert!(back == module, "{}: another module came back", case.name);
    }
}
