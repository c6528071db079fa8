//! The outline scanner agrees with hcl-edit wherever that parses a file.

mod generate;

use proptest::prelude::*;

use crate::support::agreement::{self, Agreement};
use crate::support::terraform_files;

#[test]
fn on_the_files_of_the_repository() {
    let mut same = 0;
    for directory in ["examples", "tests/fixtures"] {
        for path in terraform_files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)) {
            let text = String::from_utf8_lossy(&std::fs::read(path).expect("a file")).into_owned();
            same += usize::from(agreement::compare(&text) == Agreement::Same);
        }
    }
    assert!(same > 30, "most of them are sound: {same}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_generated_files(text in generate::file()) {
        prop_assert_eq!(agreement::compare(&text), Agreement::Same, "the generator makes sound files");
    }

    #[test]
    fn on_files_of_random_tokens(text in generate::tokens()) {
        agreement::compare(&text);
    }
}
