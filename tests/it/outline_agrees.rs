//! The outline scanner agrees with hcl-edit wherever that parses a file.

mod generate;

use proptest::prelude::*;

use crate::support::agreement::{self, Agreement};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_generated_files(text in generate::file()) {
        prop_assert_ne!(agreement::compare(&text), Agreement::NotParsed, "the generator makes sound files");
    }

    #[test]
    fn on_files_of_random_tokens(text in generate::tokens()) {
        agreement::compare(&text);
    }
}
