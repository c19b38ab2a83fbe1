package main

import (
	"context"
	"os"
	"path/filepath"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// What the API server knows of a kind.
type definition struct {
	structural *schema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator
}

type server map[string]definition

func newServer(folder string) (server, error) {
	known := server{}
	for kind, file := range map[string]string{"ScaledObject": "keda.sh_scaledobjects.yaml", "ScaledJob": "keda.sh_scaledjobs.yaml"} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			return nil, err
		}
		var external v1.CustomResourceDefinition
		if err := yaml.Unmarshal(text, &external); err != nil {
			return nil, err
		}
		var internal apiextensions.JSONSchemaProps
		if err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(external.Spec.Versions[0].Schema.OpenAPIV3Schema, &internal, nil); err != nil {
			return nil, err
		}
		structural, err := schema.NewStructural(&internal)
		if err != nil {
			return nil, err
		}
		validator, _, err := validation.NewSchemaValidator(&internal)
		if err != nil {
			return nil, err
		}
		known[kind] = definition{structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit)}
	}
	return known, nil
}

// Why the API server refuses an object, as kubectl asks it to: unknown fields are errors.
func (known server) refuses(content map[string]any) string {
	content = runtime.DeepCopyJSON(content)
	if content["apiVersion"] != "keda.sh/v1alpha1" {
		return "no matches for kind in version"
	}
	definition := known[content["kind"].(string)]
	var errs field.ErrorList
	object := &unstructured.Unstructured{Object: content}
	if _, ok := content["metadata"].(map[string]any); !ok {
		return "metadata is missing"
	}
	if object.GetNamespace() == "" {
		object.SetNamespace("default")
	}
	// As the server does before it validates: a null where none may be is nothing.
	defaulting.PruneNonNullableNullsWithoutDefaults(content, definition.structural)
	defaulting.Default(content, definition.structural)
	errs = append(errs, apivalidation.ValidateObjectMetaAccessor(object, true, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))...)
	errs = append(errs, validation.ValidateCustomResource(nil, content, definition.schema)...)
	if len(errs) == 0 {
		found, _ := definition.rules.Validate(context.Background(), nil, definition.structural, content, nil, celconfig.RuntimeCELCostBudget)
		errs = append(errs, found...)
	}
	unknown := pruning.PruneWithOptions(content, definition.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, path := range unknown {
		errs = append(errs, field.Forbidden(field.NewPath(path), "unknown field"))
	}
	if len(errs) == 0 {
		return ""
	}
	return errs.ToAggregate().Error()
}
