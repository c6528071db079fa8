//! What code scanning takes of a report, and what of it is left out beyond that
//! (<https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads>).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Dialect;
use crate::rule::Severity;

/// How much a report may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// Results of a run.
    pub(super) results: usize,
    /// Bytes, compressed by gzip as an upload is.
    pub(super) bytes: usize,
}

/// GitHub's limits.
const GITHUB: Limits = Limits { results: 25_000, bytes: 10_000_000 };

/// What `datadog-ci` takes.
const DATADOG: Limits = Limits { results: usize::MAX, bytes: 100_000_000 };

/// A message that is longer, in bytes, makes GitLab drop the result.
pub(super) const LONGEST_MESSAGE: usize = 2_048;

impl Limits {
    /// The limits of who reads a dialect.
    pub(super) fn of(dialect: Dialect<'_>) -> Self {
        if dialect == Dialect::Datadog { DATADOG } else { GITHUB }
    }
}

/// How much of a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) results: usize,
    pub(super) notifications: usize,
}

impl Share {
    /// The share whose report is small enough, given that the report of this one takes so many bytes.
    pub(super) fn shrunk(self, bytes: usize, limits: Limits) -> Self {
        let part = |count: usize| {
            let fitting = count.saturating_mul(limits.bytes) / bytes.max(1);
            // What is left out need not be as large as what stays.
            fitting * 9 / 10
        };
        Self { results: part(self.results), notifications: part(self.notifications) }
    }

    pub(super) fn is_empty(self) -> bool {
        self.results == 0 && self.notifications == 0
    }
}

/// The size of a report as it is uploaded. What is small as it stands is not compressed to find out.
pub(super) fn upload_size(report: &[u8], limits: Limits) -> usize {
    if report.len() <= limits.bytes {
        return report.len();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(report).expect("memory takes everything");
    encoder.finish().expect("memory takes everything").len()
}

/// As many as may stay: the most severe ones, in the order in which they were.
pub(super) fn most_severe<T>(all: &[T], most: usize, severity: impl Fn(&T) -> Severity) -> Vec<&T> {
    let mut kept: Vec<(usize, &T)> = all.iter().enumerate().collect();
    kept.sort_by_key(|(_, one)| std::cmp::Reverse(severity(one)));
    kept.truncate(most);
    kept.sort_by_key(|(index, _)| *index);
    kept.into_iter().map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_shrink_until_they_fit() {
        let limits = Limits { results: 10, bytes: 1_000 };
        let share = Share { results: 100, notifications: 10 };
        assert_eq!(share.shrunk(2_000, limits), Share { results: 45, notifications: 4 });
        let mut least = share;
        while !least.is_empty() {
            let next = least.shrunk(1_001, limits);
            assert!(next.results < least.results || next.notifications < least.notifications);
            least = next;
        }
    }

    #[test]
    fn the_most_severe_stay_in_their_order() {
        use Severity::{Critical, High, Low, Medium};
        let all = [Low, High, Medium, Critical, Low, High];
        assert_eq!(most_severe(&all, 3, |severity| *severity), [&High, &Critical, &High]);
        assert_eq!(most_severe(&all, 9, |severity| *severity).len(), 6);
    }

    #[test]
    fn what_is_uploaded_is_compressed() {
        let limits = Limits { results: 1, bytes: 100 };
        assert_eq!(upload_size(&[b'a'; 100], limits), 100);
        assert!(upload_size(&[b'a'; 10_000], limits) < 100);
    }
}
