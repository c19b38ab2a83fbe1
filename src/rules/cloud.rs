//! Credentials of AWS and Google Cloud, which all their scalers look for in one way (KEDA: `pkg/scalers/aws/aws_common.go`,
//! `pkg/scalers/gcp/gcp_common.go`).

use super::unbuilt::Refused;
use crate::keda::parameters;
use crate::keda::scaledobject::Trigger;

const AWS: [&str; 5] =
    ["aws-cloudwatch", "aws-dynamodb", "aws-dynamodb-streams", "aws-kinesis-stream", "aws-sqs-queue"];
const GOOGLE: [&str; 4] = ["gcp-cloudtasks", "gcp-pubsub", "gcp-stackdriver", "gcp-storage"];

/// Whether KEDA takes its own role, and looks for no credentials of the trigger.
fn is_operators(trigger: &Trigger) -> bool {
    trigger.setting("identityOwner").is_some_and(|owner| owner != "pod")
}

/// A trigger without any credentials.
pub(super) fn refused(trigger: &Trigger) -> Refused {
    let kind = trigger.kind.value.as_str();
    if parameters::has_authentication(trigger) {
        return None;
    }
    if AWS.contains(&kind) && !is_operators(trigger) {
        return aws(trigger);
    }
    let keys = ["credentialsFromEnv", "credentialsFromEnvFile"];
    if GOOGLE.contains(&kind) && !keys.iter().any(|key| trigger.setting(key).is_some()) {
        let why = "there are no credentials of Google Cloud".to_owned();
        let mend = "name a TriggerAuthentication in authenticationRef (podIdentity gcp, or GoogleApplicationCredentials), or set credentialsFromEnv";
        return Some(("credentialsFromEnv", why, mend.to_owned()));
    }
    None
}

fn aws(trigger: &Trigger) -> Refused {
    let has = |key: &str| trigger.setting(key).is_some();
    let mend = "write `identityOwner: operator` for the role of KEDA itself, or name a TriggerAuthentication in authenticationRef";
    if !has("awsAccessKeyID") && !has("awsAccessKeyIDFromEnv") {
        let why = "there are no credentials of AWS (awsAccessKeyID not found)".to_owned();
        return Some(("identityOwner", why, mend.to_owned()));
    }
    (!has("awsSecretAccessKeyFromEnv")).then(|| {
        let why = "awsSecretAccessKeyFromEnv is not set beside the access key".to_owned();
        ("awsAccessKeyID", why, format!("set it, or {mend}"))
    })
}

/// What a TriggerAuthentication has to give, of which one way will do.
pub(super) fn wanted(trigger: &Trigger) -> Vec<Vec<&'static str>> {
    let kind = trigger.kind.value.as_str();
    let has = |key: &str| trigger.setting(key).is_some();
    if AWS.contains(&kind) && !is_operators(trigger) {
        // What stands in the metadata is read only where the TriggerAuthentication gives no key.
        let by_metadata =
            (has("awsAccessKeyID") || has("awsAccessKeyIDFromEnv")) && has("awsSecretAccessKeyFromEnv");
        if by_metadata {
            return Vec::new();
        }
        return vec![
            vec!["awsAccessKeyID", "awsSecretAccessKey"],
            vec!["awsAccessKeyId", "awsSecretAccessKey"],
            vec!["awsRoleArn"],
        ];
    }
    if GOOGLE.contains(&kind) && !has("credentialsFromEnv") && !has("credentialsFromEnvFile") {
        return vec![vec!["GoogleApplicationCredentials"]];
    }
    Vec::new()
}
