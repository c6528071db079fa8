//! What is being evaluated: each subject has a budget of its own, and a resource must not refer to itself.

use super::Evaluator;

impl Evaluator<'_> {
    /// Starts with the settings of a resource.
    pub(in crate::terraform) fn turn_to(&self, subject: String) {
        self.budget().start();
        self.subject.replace(Some(subject));
    }

    /// Is done with the settings of a resource.
    pub(in crate::terraform) fn turn_away(&self) {
        self.subject.replace(None);
    }

    /// Starts with the inputs of a module call.
    pub fn turn_to_call(&self) {
        self.budget().start();
    }

    /// Whether the settings of this resource are being evaluated.
    pub(super) fn is_subject(&self, address: &str) -> bool {
        self.subject.borrow().as_deref() == Some(address)
    }
}
