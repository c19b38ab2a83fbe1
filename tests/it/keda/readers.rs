//! YAML parsers written by different people must see the same in every manifest that is made, as serde's values and as a
//! tree.

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::yaml::{self, Node};
use serde_json::Value;

use crate::policies::reference;

#[test]
fn both_parsers_read_the_same_from_the_manifest() {
    let compiled = compile(&reference(), &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    let manifest = compiled
        .artifacts
        .iter()
        .find(|artifact| artifact.kind == ArtifactKind::Keda)
        .expect("is always made");
    let strict = yaml::documents::<Value>(&manifest.text);
    let trees = yaml::each_document(&manifest.text, yaml::tree);
    let parts: Vec<&str> = yaml::cut(&manifest.text).map(|(_, part)| part).collect();
    assert_eq!(strict.len(), compiled.plan.profile.targets.len());
    for ((document, tree), part) in strict.into_iter().zip(trees).zip(parts) {
        let lenient: Value = yaml::lenient(part).unwrap();
        assert_eq!(plain(&tree.content.unwrap().root), lenient);
        assert_eq!(document.content.unwrap(), lenient);
        assert!(lenient["spec"]["triggers"].as_array().is_some_and(|triggers| triggers.len() >= 2));
    }
}

/// A tree without its marks.
fn plain(node: &Node) -> Value {
    match &node.value {
        yaml::Value::Null => Value::Null,
        yaml::Value::Bool(value) => (*value).into(),
        yaml::Value::Integer(value) => (*value).into(),
        yaml::Value::Number(text) => text.parse::<f64>().unwrap().into(),
        yaml::Value::Text(text) => text.as_str().into(),
        yaml::Value::List(items) => items.iter().map(plain).collect(),
        yaml::Value::Map(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.value.clone(), plain(value))).collect())
        }
    }
}

#[test]
fn the_lenient_parser_alone_would_let_a_number_pass_as_a_string() {
    let text = "name: 5\n";
    type Names = std::collections::BTreeMap<String, String>;
    assert!(yaml::lenient::<Names>(text).is_ok());
    assert!(yaml::documents::<Names>(text)[0].content.is_err());
}
