//! How much of a document comes of aliases: `yaml.v2` refuses what is hardly anything else.

use super::Failure;

/// How often something was decoded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    decoded: u64,
    by_aliases: u64,
}

impl Count {
    /// How often something was decoded so far.
    pub(super) fn decoded(&self) -> u64 {
        self.decoded
    }

    /// Counts what is written out.
    pub(super) fn count(&mut self, decoded: u64) -> Result<(), Failure> {
        self.decoded = self.decoded.saturating_add(decoded);
        if self.decoded == u64::MAX { Err(super::TOO_LARGE) } else { Ok(()) }
    }

    /// Counts an alias of what took so much to decode.
    pub(super) fn expand(&mut self, inside: u64, is_limited: bool) -> Result<(), Failure> {
        self.count(inside.saturating_add(1))?;
        self.by_aliases = self.by_aliases.saturating_add(inside);
        #[expect(clippy::cast_precision_loss, reason = "the library computes so")]
        let (share, decoded) = (self.by_aliases as f64 / self.decoded as f64, self.decoded as f64);
        let allowed = match self.decoded {
            0..=400_000 => 0.99,
            4_000_000.. => 0.10,
            _ => 0.99 - 0.89 * ((decoded - 400_000.0) / 3_600_000.0),
        };
        if is_limited && self.by_aliases > 100 && self.decoded > 1_000 && share > allowed {
            return Err(Failure::Refused("a document that is hardly anything but aliases"));
        }
        Ok(())
    }
}
