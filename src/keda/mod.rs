//! KEDA and the HPA: what they do with a ScaledObject. TODO
