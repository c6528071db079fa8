//! A net under evaluation: a panic costs what it happens in, and nothing else.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// Where the last panic of this thread happened. The hook that the program installs notes it here.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps panics from printing anything: their messages quote the text that they stumbled over. Where one happened is
/// noted for the net under evaluation. For the program; a library leaves its user's hook alone.
pub fn silence_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|location| format!("{}:{}", location.file(), location.line()));
        PLACE.with(|last| *last.borrow_mut() = place);
    }));
}

/// Runs something; if it panics, says where, as far as that is known. What was being changed is for the caller to
/// forget.
pub(super) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|_| {
        let place = PLACE.with(|last| last.borrow_mut().take());
        place.map_or_else(String::new, |place| format!(" at {place}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_costs_what_it_happens_in() {
        assert_eq!(caught(|| 1), Ok(1));
        let text = "é".to_owned();
        // What others print of a panic is theirs; this one quotes the text.
        let sliced = caught(|| text[1..].len());
        assert!(sliced.is_err_and(|place| !place.contains('é')));
        assert_eq!(caught(|| 2), Ok(2), "and life goes on");
    }
}
