//! What people call months, in the languages of the businesses that are met.

use super::civil::Month;

/// Names of months: English, German, French, Spanish, Italian, Portuguese, Dutch.
const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari"],
    &["feb", "february", "februar", "février", "fevrier", "febrero", "febbraio", "fevereiro", "februari"],
    &["mar", "march", "märz", "mär", "maerz", "mars", "marzo", "março", "maart"],
    &["apr", "april", "avril", "abril", "aprile"],
    &["may", "mai", "mayo", "maggio", "maio", "mei"],
    &["jun", "june", "juni", "juin", "junio", "giugno", "junho"],
    &["jul", "july", "juli", "juillet", "julio", "luglio", "julho"],
    &["aug", "august", "août", "aout", "agosto", "augustus"],
    &["sep", "sept", "september", "septembre", "septiembre", "settembre", "setembro"],
    &["oct", "october", "okt", "oktober", "octobre", "octubre", "ottobre", "outubro"],
    &["nov", "november", "novembre", "noviembre", "novembro"],
    &["dec", "december", "dez", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro"],
];

impl Month {
    /// The month of a name in lower case, in full or short.
    pub fn named(name: &str) -> Option<Self> {
        let at = MONTHS.iter().position(|names| names.contains(&name))?;
        Self::new(u32::try_from(at + 1).ok()?)
    }
}
