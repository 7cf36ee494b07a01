//! Chance, as the seed has it.

/// xorshift64
#[derive(Debug, Clone)]
pub(super) struct Whims(u64);

impl Whims {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below `limit`; 0 if that is 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        // The low bits of xorshift are its weakest.
        usize::try_from((self.0 >> 11).checked_rem(limit).unwrap_or(0)).unwrap_or(0)
    }
}
