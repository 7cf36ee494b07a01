//! Units of measure and of time.

/// A unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    /// Folded names.
    pub(crate) names: &'static str,
    /// What the record calls it: the symbol of the SI, else a short symbol of English.
    pub(crate) symbol: &'static str,
    /// For a unit of time: how many of it, and which letter of an ISO 8601 duration (`T` before it for
    /// hours and below).
    pub(crate) time: Option<(u32, &'static str)>,
    /// `square` and `cubic` may stand before it.
    pub(crate) length: bool,
}

const fn length(names: &'static str, symbol: &'static str) -> Unit {
    Unit { names, symbol, time: None, length: true }
}

const fn other(names: &'static str, symbol: &'static str) -> Unit {
    Unit { names, symbol, time: None, length: false }
}

const fn time(names: &'static str, symbol: &'static str, many: u32, letter: &'static str) -> Unit {
    Unit { names, symbol, time: Some((many, letter)), length: false }
}

/// All units.
pub(crate) const UNITS: [Unit; 65] = [
    length("km kms kilometre kilometres kilometer kilometers", "km"),
    length("metre metres meter meters", "m"),
    length("cm centimetre centimetres centimeter centimeters", "cm"),
    length("mm millimetre millimetres millimeter millimeters", "mm"),
    length("mile miles", "mi"),
    length("foot feet ft", "ft"),
    length("inch inches", "in"),
    length("yard yards", "yd"),
    other("sqm", "m2"),
    other("sqkm km2", "km2"),
    other("m2", "m2"),
    other("m3", "m3"),
    other("acre acres", "acre"),
    other("hectare hectares ha", "ha"),
    other("tonne tonnes", "t"),
    other("ton tons", "ton"),
    other("kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes", "kg"),
    other("gram grams gramme grammes", "g"),
    other("mg milligram milligrams", "mg"),
    other("lb lbs pound pounds", "lb"),
    other("ounce ounces oz", "oz"),
    other("quintal quintals", "quintal"),
    other("litre litres liter liters", "L"),
    other("ml millilitre millilitres milliliter milliliters", "mL"),
    other("gallon gallons", "gal"),
    other("barrel barrels bbl bbls", "bbl"),
    other("bpd", "bbl/d"),
    other("bushel bushels", "bu"),
    other("carat carats", "carat"),
    other("mph", "mi/h"),
    other("kph kmph kmh", "km/h"),
    other("knot knots", "kn"),
    other("watt watts", "W"),
    other("kw kilowatt kilowatts", "kW"),
    other("mw megawatt megawatts", "MW"),
    other("gw gigawatt gigawatts", "GW"),
    other("tw terawatt terawatts", "TW"),
    other("kwh", "kWh"),
    other("mwh", "MWh"),
    other("gwh", "GWh"),
    other("twh", "TWh"),
    other("volt volts", "V"),
    other("kv kilovolt kilovolts", "kV"),
    other("horsepower hp", "hp"),
    other("hz hertz", "Hz"),
    other("mhz megahertz", "MHz"),
    other("ghz gigahertz", "GHz"),
    other("megabyte megabytes mb", "MB"),
    other("gigabyte gigabytes gb", "GB"),
    other("terabyte terabytes tb", "TB"),
    other("kiloton kilotons kilotonne kilotonnes", "kt"),
    other("celsius", "°C"),
    other("fahrenheit", "°F"),
    other("degree degrees", "deg"),
    other("calorie calories kcal", "cal"),
    time("second seconds sec secs", "s", 1, "TS"),
    time("minute minutes min mins", "min", 1, "TM"),
    time("hour hours hr hrs", "h", 1, "TH"),
    time("day days", "d", 1, "D"),
    time("week weeks", "wk", 1, "W"),
    time("fortnight fortnights", "wk", 2, "W"),
    time("month months", "mo", 1, "M"),
    time("year years yr yrs", "a", 1, "Y"),
    time("decade decades", "a", 10, "Y"),
    time("century centuries", "a", 100, "Y"),
];

/// The unit of an [`Entry`](super::lexicon::Entry).
pub(crate) fn unit(place: u8) -> Option<&'static Unit> {
    UNITS.get(usize::from(place).checked_sub(1)?)
}
