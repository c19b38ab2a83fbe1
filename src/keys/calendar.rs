//! `calendar.toml`: when.

use super::{Key, Kind, LeftOut, Section};

const SETS: Kind = Kind::Texts("a list of names in quotes");

/// The file's top.
pub static CALENDAR: Section = Section {
    path: "",
    about: "When: the plan's days, seasons that come back, campaigns that are once, holidays.",
    keys: &[&[
        key!("plan": Kind::Table(&PLAN), LeftOut::Never;
            "The days for which a plan is made.";
            "{ from = 2027-01-01, until = 2028-01-01 }"),
        key!("seasons": Kind::Named(&SEASON), LeftOut::Nothing;
            "Windows that come back, each under a name.";
            "{ christmas = { from = \"12-01\", to = \"12-24\" } }"),
        key!("campaigns": Kind::Named(&CAMPAIGN), LeftOut::Nothing;
            "Windows that are once, to the minute, each under a name.";
            "{ mailing = { from = 2027-09-28T09:00, to = 2027-09-28T12:00 } }"),
        key!("holidays": Kind::Named(&HOLIDAYS), LeftOut::Nothing;
            "Sets of free days, each under a name; a territory names the sets it keeps.";
            "{ national = { new-year = \"01-01\" } }"),
    ]],
    meant: &[
        ("season", "write `[seasons.NAME]`, with an s and a name"),
        ("campaign", "write `[campaigns.NAME]`, with an s and a name"),
        ("holiday", "write `[holidays.NAME]`, with an s and a name"),
        ("platform", "`[platform]` stands in territories.toml"),
        ("workloads", "`[workloads.NAME]` stands in territories.toml"),
        ("territories", "`[territories.NAME]` stands in territories.toml"),
    ],
};

static PLAN: Section = Section {
    path: "plan",
    about: "For which days files are made, at most a year where dates move from year to year.",
    keys: &[&[
        key!("from": Kind::Date, LeftOut::Never;
            "The first day.";
            "2027-01-01"),
        key!("until": Kind::Date, LeftOut::Never;
            "The day after the last one.";
            "2028-01-01"),
        key!("name": Kind::Text("a name in quotes"), LeftOut::Means("the namespace");
            "What tells this plan from others in one Prometheus: the label `plan` of its series and alerts.";
            "\"shop-floors\""),
        key!("title": Kind::Text("text in quotes"), LeftOut::Means("`name`");
            "What people call it.";
            "\"Floors of the shop\""),
        key!("headroom": Kind::Number, LeftOut::Is("0");
            "What a floor that is derived from a load adds to it, as a share.";
            "0.2"),
    ]],
    meant: &[
        ("to", "write `until`, which is the day after the last one"),
        ("year", "write `from = 2027-01-01` and `until = 2028-01-01`"),
    ],
};

const ABOUT: &[Key] = &[
    key!("title": Kind::Text("text in quotes"), LeftOut::Means("its name");
        "What people call it.";
        "\"Black Friday week\""),
    key!("owner": Kind::Text("text in quotes"), LeftOut::Nothing;
        "Who answers for it; the runbook says so.";
        "\"SalesOps\""),
    key!("ticket": Kind::Text("text in quotes"), LeftOut::Nothing;
        "Where it was asked for.";
        "\"OPS-123\""),
    key!("note": Kind::Text("text in quotes"), LeftOut::Nothing;
        "What else is worth knowing.";
        "\"search first, checkout an hour later\""),
    key!("enabled": Kind::Boolean, LeftOut::Is("true");
        "`false` switches it off; it is read all the same.";
        "false"),
];

const EVERYWHERE: Key = key!("zone": Kind::Text("the name of a time zone in quotes"), LeftOut::Means("each territory's own");
        "One clock for its dates and hours everywhere.";
        "\"America/Los_Angeles\"");

const WHERE: Key = key!("territories": SETS, LeftOut::Means("all of them");
        "Where it holds.";
        "[\"EAST\"]");

const LOAD: Key = key!("load": Kind::Number, LeftOut::Nothing;
        "The load that is expected, as a multiple of the base load.";
        "5.0");

const FLOORS: Key = key!("floor": Kind::Table(&FLOOR), LeftOut::Means("derived from `load` where `base-load` is known");
        "The least replicas of each workload.";
        "{ checkout = 12, search = 8 }");

const RULE: Kind = Kind::Either("a date rule in quotes, or a list of dates in quotes");

const ENDS: &[Key] = &[
    key!("from": RULE, LeftOut::Never;
        "The first day: a date rule, with a clock time after it for one window without a break.";
        "\"4th thu of 11\""),
    key!("to": RULE, LeftOut::Never;
        "The last day, which is part of it: the next one that is not before `from`.";
        "\"4th thu of 11 + 4d\""),
];

const OWN_ENDS: &[Key] = &[
    key!("from": RULE, LeftOut::Means("the season's own");
        "The first day here.";
        "\"11-25\""),
    key!("to": RULE, LeftOut::Means("the season's own");
        "The last day here.";
        "\"11-30\""),
];

const TERMS: &[Key] = &[
    key!("hours": Kind::Any("hours in quotes, a list of them, or a table by weekday", &HOURS), LeftOut::Means("all day");
        "Local time on each day; several as a list, or by weekday.";
        "\"08:00-20:00\""),
    key!("hours-on": Kind::Table(&HOURS_ON), LeftOut::Nothing;
        "Other hours on some dates, where the season takes them; it takes no day by itself.";
        "{ \"12-24\" = \"08:00-13:00\" }"),
    key!("days": Kind::Text("days in quotes"), LeftOut::Is("\"mon-sun\"");
        "Which days of it are taken: weekdays, `workdays`, `holidays`, `bridge`, `less holidays`.";
        "\"mon-fri\""),
    key!("every": Kind::Text("days or weeks in quotes"), LeftOut::Nothing;
        "After how long it comes again, counted from the one date of `from`.";
        "\"2w\""),
    key!("since": Kind::Whole, LeftOut::Nothing;
        "The first year in which it begins.";
        "2027"),
    key!("until-year": Kind::Whole, LeftOut::Nothing;
        "The last year in which it begins.";
        "2029"),
    key!("except": SETS, LeftOut::Nothing;
        "Holiday sets whose days are left out.";
        "[\"school-holidays\"]"),
    key!("only": SETS, LeftOut::Nothing;
        "Holiday sets, each of which must have the day.";
        "[\"school-holidays\"]"),
    LOAD,
    FLOORS,
    key!("ramp": Kind::Tables(&RAMP), LeftOut::Nothing;
        "Steps before the first day, on days and at hours that the season would have then.";
        "[{ before = \"3d\", share = 0.5 }]"),
];

static SEASON: Section = Section {
    path: "seasons.NAME",
    about: "A window that comes back.",
    keys: &[
        ENDS,
        TERMS,
        &[
            WHERE,
            EVERYWHERE,
            key!("in": Kind::Named(&SEASON_IN), LeftOut::Nothing;
                "What differs in one territory.";
                "{ WEST = { floor = { checkout = 6 } } }"),
        ],
        ABOUT,
    ],
    meant: &[
        (
            "dates",
            "dates of their years are lists: `from = [\"2026-02-18\", \"2027-02-08\"]` and `to = [\"2026-03-19\", \"2027-03-09\"]`",
        ),
        ("date", "one day has it twice: `from = \"12-24\"` and `to = \"12-24\"`"),
        ("timezone", "write `zone = \"America/Los_Angeles\"`"),
        ("until", "write `to`, the last day, which is part of the season"),
        ("end", "write `to`, the last day, which is part of the season"),
        ("start", "write `from`"),
        ("replicas", "write `floor = { checkout = 12 }`, by workload"),
        ("desired-replicas", "write `floor = { checkout = 12 }`, by workload"),
        ("weekdays", "write `days = \"mon-fri\"`"),
        ("lead-in", "write `ramp = [{ before = \"3d\", share = 0.5 }]`"),
        ("year", "`since = 2027` and `until-year = 2027` for one year; a campaign where it is once"),
    ],
};

static SEASON_IN: Section = Section {
    path: "seasons.NAME.in.TERRITORY",
    about: "What differs in one territory; what is left out is the season's own.",
    keys: &[OWN_ENDS, TERMS],
    meant: &[],
};

static HOURS: Section = Section {
    path: "seasons.NAME.hours",
    about: "Hours by weekday; `days` is left out beside it.",
    keys: &[&[key!("WEEKDAYS": Kind::Either("hours in quotes, or a list of them"), LeftOut::Nothing;
        "The hours of a weekday, or of several.";
        "\"08:00-18:00\"")]],
    meant: &[],
};

static HOURS_ON: Section = Section {
    path: "seasons.NAME.hours-on",
    about: "Hours of single dates, each a date rule in quotes.",
    keys: &[&[key!("DATE": Kind::Either("hours in quotes, or a list of them"), LeftOut::Nothing;
        "The hours on that date.";
        "\"08:00-13:00\"")]],
    meant: &[],
};

static FLOOR: Section = Section {
    path: "seasons.NAME.floor",
    about: "The least replicas, by workload; campaigns have the same.",
    keys: &[&[key!("WORKLOAD": Kind::Floor, LeftOut::Nothing;
        "Between its minimum and its maximum; \"150%\" of its minimum, \"60% of max\" of its maximum, rounded up. \"*\": every workload that is not named.";
        "12")]],
    meant: &[],
};

static RAMP: Section = Section {
    path: "seasons.NAME.ramp",
    about: "A step before the first day, as high as `share` or as `times-min` says: one of the two.",
    keys: &[&[
        key!("before": Kind::Text("days or weeks in quotes"), LeftOut::Never;
            "How long before the first day it begins.";
            "\"3d\""),
        key!("share": Kind::Number, LeftOut::NeverWhere("without `times-min`");
            "A share of the season's floor, rounded up.";
            "0.5"),
        key!("times-min": Kind::Number, LeftOut::NeverWhere("without `share`");
            "A multiple of the minimum, never above the season's floor.";
            "2.0"),
    ]],
    meant: &[],
};

static CAMPAIGN: Section = Section {
    path: "campaigns.NAME",
    about: "A window that is once, to the minute.",
    keys: &[
        &[
            key!("from": Kind::Moment, LeftOut::Never;
                "When it begins, on each territory's clock; with `Z` or `+02:00` at its end, at one instant for all.";
                "2027-09-28T09:00"),
            key!("to": Kind::Moment, LeftOut::Never;
                "The first minute after it.";
                "2027-09-28T12:00"),
            EVERYWHERE,
            WHERE,
            LOAD,
            FLOORS,
        ],
        ABOUT,
    ],
    meant: &[
        (
            "dates",
            "a campaign is once: `from = 2027-09-28T09:00` and `to = 2027-09-28T12:00`; what comes back is a season",
        ),
        ("date", "a campaign is once: `from = 2027-09-28T09:00` and `to = 2027-09-28T12:00`"),
        ("hours", "a campaign is one window from minute to minute: the hours stand in `from` and `to`"),
        ("days", "a campaign is one window from minute to minute; what has days is a season"),
        ("ramp", "a campaign has no lead-in: write another campaign before it, or a season"),
        ("timezone", "write `zone = \"America/Los_Angeles\"`"),
        ("start", "write `from = 2027-09-28T09:00`"),
        ("end", "write `to = 2027-09-28T12:00`"),
        ("until", "write `to = 2027-09-28T12:00`"),
    ],
};

static HOLIDAYS: Section = Section {
    path: "holidays.NAME",
    about: "A set of free days: each under a name of its own, a date rule or a stretch of days.",
    keys: &[&[
        key!("include": SETS, LeftOut::Nothing;
            "Other sets whose days this one has as well.";
            "[\"national\"]"),
        key!("HOLIDAY": Kind::Any("a date rule in quotes, a list of dates, or a table", &HOLIDAY), LeftOut::Nothing;
            "A day or a stretch of days.";
            "\"easter + 1d\""),
    ]],
    meant: &[],
};

static HOLIDAY: Section = Section {
    path: "holidays.NAME.HOLIDAY",
    about: "A holiday that is one in some years only.",
    keys: &[&[
        key!("day": Kind::Either("a date rule in quotes, or a list of dates"), LeftOut::Never;
            "Its day, or a stretch of days.";
            "\"06-19\""),
        key!("since": Kind::Whole, LeftOut::Nothing;
            "The first year in which it is one.";
            "2021"),
        key!("until-year": Kind::Whole, LeftOut::Nothing;
            "The last year in which it is one.";
            "2023"),
    ]],
    meant: &[],
};
