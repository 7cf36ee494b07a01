//! The types of entities.

/// The type of an entity, as it stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person by name; titles stay outside.
    Person,
    /// A company, party, agency, team, armed group …
    Org,
    /// A country, region, city: a place with a government.
    Gpe,
    /// A sea, river, mountain range, continent …
    Loc,
    /// A building, airport, bridge …
    Fac,
    /// A nationality, an ethnic or religious group.
    Norp,
    /// A war, tournament, storm …
    Event,
    /// A thing that is made and sold.
    Product,
    /// A law, a treaty, a constitution …
    Law,
    /// A date that the calendar names: a day, a weekday, a month, a year, a decade …
    Date,
    /// A time of day, or a time by its distance from the day of the article.
    Time,
    /// An amount of money.
    Money,
    /// A percentage.
    Percent,
    /// A number with a unit, or a length of time.
    Quantity,
}

impl Kind {
    /// The kinds of names; a kind's place here is its code in the knowledge base.
    pub const NAMES: [Self; 9] = [
        Self::Person,
        Self::Org,
        Self::Gpe,
        Self::Loc,
        Self::Fac,
        Self::Norp,
        Self::Event,
        Self::Product,
        Self::Law,
    ];

    /// The kinds that carry a value; the knowledge base holds none of them.
    pub const VALUES: [Self; 5] = [Self::Date, Self::Time, Self::Money, Self::Percent, Self::Quantity];

    /// The name as it stands in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Org => "ORG",
            Self::Gpe => "GPE",
            Self::Loc => "LOC",
            Self::Fac => "FAC",
            Self::Norp => "NORP",
            Self::Event => "EVENT",
            Self::Product => "PRODUCT",
            Self::Law => "LAW",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Money => "MONEY",
            Self::Percent => "PERCENT",
            Self::Quantity => "QUANTITY",
        }
    }

    /// The code in the knowledge base.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The kind of a code in the knowledge base; `None` for a code that no kind has there.
    #[must_use]
    pub fn of_code(code: u8) -> Option<Self> {
        Self::NAMES.get(usize::from(code)).copied()
    }

    /// Whether it is a place of any sort: corpora and tables draw these borders differently.
    #[must_use]
    pub fn is_place(self) -> bool {
        matches!(self, Self::Gpe | Self::Loc | Self::Fac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_both_ways() {
        for kind in Kind::NAMES {
            assert_eq!(Kind::of_code(kind.code()), Some(kind));
        }
        for kind in Kind::VALUES {
            assert_eq!(Kind::of_code(kind.code()), None);
        }
    }
}
