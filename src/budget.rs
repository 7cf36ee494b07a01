//! Work is bounded in counted steps, never in wall time, so that the same input ends at the same
//! step on every machine.

/// Default of `limits.steps`: the steps one record may spend over all its stages.
///
/// A step is about one code point, token, node or candidate looked at. An ordinary story of 3,000
/// characters spends some 20,000 steps; the default leaves room for the largest value that Kafka
/// takes by default (1 MiB).
pub const DEFAULT_STEPS: u64 = 50_000_000;

/// The work that one record may still do. A stage calls [`Budget::spend`] as it goes.
#[derive(Debug, Clone)]
pub struct Budget {
    limit: u64,
    spent: u64,
}

/// A record that asked for more work than its budget holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected at most {limit} steps of work, needed more; `limits.steps` sets the limit")]
pub struct BudgetExceeded {
    /// The limit that was passed.
    pub limit: u64,
}

impl Budget {
    /// A budget of `limit` steps.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self { limit, spent: 0 }
    }

    /// Takes `steps` from the budget.
    ///
    /// # Errors
    /// [`BudgetExceeded`] once the total passes the limit; it stays exceeded from then on.
    pub fn spend(&mut self, steps: usize) -> Result<(), BudgetExceeded> {
        self.spent = self.spent.saturating_add(steps as u64);
        if self.spent > self.limit {
            return Err(BudgetExceeded { limit: self.limit });
        }
        Ok(())
    }

    /// The steps spent so far.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.spent
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(DEFAULT_STEPS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_may_be_spent_and_no_more() {
        let mut budget = Budget::new(10);
        assert!(budget.spend(10).is_ok());
        assert_eq!(budget.spend(1), Err(BudgetExceeded { limit: 10 }));
        assert_eq!(budget.spend(0), Err(BudgetExceeded { limit: 10 }), "it stays exceeded");
    }
}
