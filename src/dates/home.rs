//! Where a feast is at home: of two that are on one day, people mean that of their own country.
//!
//! The zones are those of tzdata's `zone1970.tab` and the older names of the same countries.

/// Countries of which a feast is, by what their zones are called or begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// Wherever it is kept.
    Anywhere,
    /// The United States.
    UnitedStates,
    /// Canada.
    Canada,
    /// The United Kingdom.
    UnitedKingdom,
    /// France.
    France,
    /// Germany, Austria and Switzerland.
    German,
    /// The North.
    Nordic,
    /// Countries whose churches go by the Julian calendar's Easter.
    Orthodox,
}

impl Home {
    fn zones(self) -> &'static [&'static str] {
        match self {
            Self::Anywhere => &[],
            Self::UnitedStates => &[
                "US/",
                "America/New_York",
                "America/Detroit",
                "America/Kentucky/",
                "America/Indiana/",
                "America/Chicago",
                "America/Menominee",
                "America/North_Dakota/",
                "America/Denver",
                "America/Boise",
                "America/Phoenix",
                "America/Los_Angeles",
                "America/Anchorage",
                "America/Juneau",
                "America/Adak",
                "Pacific/Honolulu",
            ],
            Self::Canada => &[
                "Canada/",
                "America/Toronto",
                "America/Montreal",
                "America/Vancouver",
                "America/Edmonton",
                "America/Winnipeg",
                "America/Regina",
                "America/Halifax",
                "America/Moncton",
                "America/St_Johns",
                "America/Whitehorse",
            ],
            Self::UnitedKingdom => &["Europe/London", "Europe/Belfast", "GB"],
            Self::France => &["Europe/Paris", "Europe/Monaco"],
            Self::German => &["Europe/Berlin", "Europe/Busingen", "Europe/Vienna", "Europe/Zurich"],
            Self::Nordic => &["Europe/Stockholm", "Europe/Helsinki", "Europe/Mariehamn"],
            Self::Orthodox => &[
                "Europe/Athens",
                "Asia/Nicosia",
                "Europe/Bucharest",
                "Europe/Sofia",
                "Europe/Belgrade",
                "Europe/Podgorica",
                "Europe/Skopje",
                "Europe/Chisinau",
                "Europe/Kyiv",
                "Europe/Kiev",
                "Europe/Minsk",
                "Europe/Moscow",
                "Asia/Tbilisi",
            ],
        }
    }

    /// How far a zone is from it: 0 at home, 1 where nobody says, 2 abroad.
    pub(super) fn distance(self, zone: &str) -> u8 {
        let is_home = |known: &&str| {
            if known.ends_with('/') { zone.starts_with(*known) } else { zone == *known }
        };
        if self == Self::Anywhere {
            1
        } else if self.zones().iter().any(is_home) {
            0
        } else {
            2
        }
    }
}
