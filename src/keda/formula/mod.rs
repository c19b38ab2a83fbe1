//! `scalingModifiers.formula`: which formulas KEDA takes, and what their composite metric can be while each trigger's value is
//! known, or is any load.
//!
//! The language is that of expr-lang/expr v1.17.8 as KEDA 2.20 uses it (KEDA: `apis/keda/v1alpha1/scaledobject_webhook.go`,
//! `pkg/scaling/modifiers/formula.go`): trigger names are floats, the result is cast to one. Worked out here are numbers,
//! booleans, lists of them and most functions of those; texts, maps, times and bits are not, and then nothing is said.

mod arithmetic;
mod builtin;
mod check;
mod evaluate;
mod expression;
mod facts;
mod functions;
mod lexer;
mod number;
mod optimize;
mod parse;
mod predicates;
mod primary;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use crate::features;
use crate::quantity::Version;
use builtin::Builtin;
use evaluate::Evaluation;
use expression::{Expression, Operator};
pub use number::Machine;
use number::Span;
use value::Possible;

/// Why a formula is not worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// KEDA refuses it.
    Refused(String),
    /// KEDA refuses it: no trigger has this name.
    Unnamed(String),
    /// KEDA may take it, but it has a form that is not read here.
    Beyond(&'static str),
}

/// A formula that compiles.
#[derive(Clone, Debug)]
pub struct Formula {
    expression: Expression,
    /// Whether it cuts a number to a whole one: what is too large for one is another one on each machine.
    cuts: bool,
}

/// A trigger's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Known.
    At(f64),
    /// Any load, which is 0 or more: rates and lengths are never negative, and from 2.20.2 on KEDA makes 0 of what is.
    Load,
    /// A load that its query keeps at or below a number.
    UpTo(f64),
    /// None: it failed too often, under a fallback of behavior `scalingModifiers`.
    Nil,
}

/// What the composite metric can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Composite {
    /// No less, where it is a number.
    pub least: f64,
    /// No more; infinite where nothing keeps it down.
    pub most: f64,
    /// Whether it may be nil: the fallback's replicas hold.
    pub nil: bool,
    /// Whether it may be an error: the HPA gets no metric.
    pub fails: bool,
}

/// What KEDA calls the result of a formula with `??`.
const RESULT: &str = "_kedaCompositeResult";

/// KEDA casts the result to a float; from 2.20 on nil stays nil where `??` is in the text (`castToFloatIfNecessary`).
fn cast(text: &str, keda: Version) -> String {
    if text.contains("??") && keda >= features::keda::NIL_IN_FORMULA {
        if text.starts_with(&format!("let {RESULT} = ")) {
            return text.to_owned();
        }
        return format!("let {RESULT} = ({text}); {RESULT} == nil ? nil : float({RESULT})");
    }
    if text.starts_with("float(") { text.to_owned() } else { format!("float({text})") }
}

impl Formula {
    /// Compiles a formula over triggers of these names.
    pub fn compile(text: &str, triggers: &BTreeSet<String>, keda: Version) -> Result<Self, Refusal> {
        let mut expression = parse::parse(&cast(text, keda), triggers)?;
        check::check(&mut expression, triggers)?;
        let expression = optimize::optimized(expression)?;
        let cuts = expression.any(&|part| {
            let is_range = matches!(part, Expression::Binary(Operator::Range, ..));
            is_range || matches!(part, Expression::Call(Builtin::Int, _) | Expression::Index(..))
        });
        Ok(Self { expression, cuts })
    }

    /// What it comes to, whatever machine KEDA runs on; none where that is not worked out here.
    pub fn composite(&self, values: &BTreeMap<String, Value>) -> Option<Composite> {
        let here = self.composite_on(values, Machine::Amd64)?;
        if !self.cuts {
            return Some(here);
        }
        let there = self.composite_on(values, Machine::Arm64)?;
        Some(Composite {
            least: here.least.min(there.least),
            most: here.most.max(there.most),
            nil: here.nil || there.nil,
            fails: here.fails || there.fails,
        })
    }

    /// What it comes to on one kind of machine.
    pub fn composite_on(&self, values: &BTreeMap<String, Value>, machine: Machine) -> Option<Composite> {
        let values = values.iter().map(|(name, value)| {
            let value = match value {
                Value::At(value) => Possible::float(Span::point(*value)),
                Value::Load => Possible::float(Span::new(0.0, f64::INFINITY)),
                Value::UpTo(most) => Possible::float(Span::new(0.0, *most)),
                Value::Nil => Possible::nil(),
            };
            (name.clone(), value)
        });
        let values = values.collect();
        let possible = Evaluation::new(&values, machine).of(&self.expression).ok()?;
        // KEDA takes a float, and nothing else for one.
        let other = possible.is_bool() || possible.int.is_some() || !possible.arrays.is_empty();
        let fails = possible.fails || other;
        let nil = possible.nil;
        Some(match possible.float {
            None => Composite { least: f64::NAN, most: f64::NAN, nil, fails },
            // A division by zero is turned into a whole number as the machine likes it.
            Some(span) if span.odd => Composite { least: f64::NEG_INFINITY, most: f64::INFINITY, nil, fails },
            Some(span) => Composite { least: span.lo, most: span.hi, nil, fails },
        })
    }

    /// Whether it ends in an error for certain with these values, on all machines: the webhook runs it with -1 for each trigger.
    pub fn surely_fails(&self, values: &BTreeMap<String, f64>) -> bool {
        let on = |machine| self.surely_fails_on(values, machine);
        on(Machine::Amd64) && (!self.cuts || on(Machine::Arm64))
    }

    fn surely_fails_on(&self, values: &BTreeMap<String, f64>, machine: Machine) -> bool {
        let at = |(name, value): (&String, &f64)| (name.clone(), Possible::float(Span::point(*value)));
        let values = values.iter().map(at).collect();
        Evaluation::new(&values, machine)
            .of(&self.expression)
            .is_ok_and(|possible| possible.fails && !possible.is_reached())
    }

    /// Of which triggers it is the highest, where it is nothing else.
    pub fn highest_of(&self) -> Option<BTreeSet<String>> {
        let mut expression = &self.expression;
        if let Expression::Let(name, value, _) = expression {
            expression = if name == RESULT { value } else { expression };
        }
        while let Expression::Call(Builtin::Float | Builtin::Max, parts) = expression {
            match parts.as_slice() {
                [one] => expression = one,
                _ => break,
            }
        }
        let (Expression::Array(parts) | Expression::Call(Builtin::Max, parts)) = expression else {
            return None;
        };
        let names = parts.iter().map(|part| {
            // `load ?? 0` is the load.
            let inner = if let Expression::Binary(Operator::Default, load, other) = part {
                other.is_literal().then_some(&**load)?
            } else {
                part
            };
            let Expression::Name(name) = inner else { return None };
            Some(name.clone())
        });
        names.collect()
    }

    /// Whether it names a trigger.
    pub fn names(&self, trigger: &str) -> bool {
        self.expression.any(&|part| matches!(part, Expression::Name(name) if name == trigger))
    }
}
