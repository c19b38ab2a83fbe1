//! The functions of expr-lang/expr v1.17.8 (`builtin/builtin.go`).

/// A function that is worked out here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Max,
    Min,
    Mean,
    Median,
    Abs,
    Ceil,
    Floor,
    Round,
    Int,
    Float,
    Len,
    Sum,
    Count,
    All,
    None,
    Any,
    One,
    Filter,
    Map,
    /// What the compiler makes of the first element of a filtered list.
    Find,
}

impl Builtin {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "max" => Self::Max,
            "min" => Self::Min,
            "mean" => Self::Mean,
            "median" => Self::Median,
            "abs" => Self::Abs,
            "ceil" => Self::Ceil,
            "floor" => Self::Floor,
            "round" => Self::Round,
            "int" => Self::Int,
            "float" => Self::Float,
            "len" => Self::Len,
            "sum" => Self::Sum,
            "count" => Self::Count,
            "all" => Self::All,
            "none" => Self::None,
            "any" => Self::Any,
            "one" => Self::One,
            "filter" => Self::Filter,
            "map" => Self::Map,
            _ => return None,
        })
    }

    /// Whether it must have a predicate, of those that take one.
    pub(super) fn predicate(self) -> Option<bool> {
        match self {
            Self::Sum | Self::Count => Some(false),
            Self::All | Self::None | Self::Any | Self::One | Self::Filter | Self::Map | Self::Find => {
                Some(true)
            }
            Self::Max
            | Self::Min
            | Self::Mean
            | Self::Median
            | Self::Abs
            | Self::Ceil
            | Self::Floor
            | Self::Round
            | Self::Int
            | Self::Float
            | Self::Len => None,
        }
    }
}

/// Functions that are not worked out here.
const OTHER_BUILTINS: [&str; 51] = [
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "groupBy",
    "sortBy",
    "reduce",
    "type",
    "string",
    "trim",
    "trimPrefix",
    "trimSuffix",
    "upper",
    "lower",
    "split",
    "splitAfter",
    "replace",
    "repeat",
    "join",
    "indexOf",
    "lastIndexOf",
    "hasPrefix",
    "hasSuffix",
    "toJSON",
    "fromJSON",
    "toBase64",
    "fromBase64",
    "now",
    "duration",
    "date",
    "timezone",
    "first",
    "last",
    "get",
    "take",
    "keys",
    "values",
    "toPairs",
    "fromPairs",
    "reverse",
    "uniq",
    "concat",
    "flatten",
    "sort",
    "bitand",
    "bitor",
    "bitxor",
    "bitnand",
    "bitshl",
    "bitshr",
    "bitnot",
];

/// Whether expr-lang has a function of this name.
pub(super) fn is_builtin(name: &str) -> bool {
    Builtin::named(name).is_some() || OTHER_BUILTINS.contains(&name) || name == "bitushr"
}
