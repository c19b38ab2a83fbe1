//! KEDA's own loops around the HPA that it makes: the executor that leaves and reaches zero, the fallback of a trigger that
//! fails, and what becomes of a value on its way to the HPA.

pub mod executor;
pub mod fallback;
pub mod scaler;
pub mod value;
