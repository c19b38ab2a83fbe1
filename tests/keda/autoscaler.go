package main

import (
	"encoding/json"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	"k8s.io/kubernetes/pkg/apis/autoscaling/install"
	"k8s.io/kubernetes/pkg/apis/autoscaling/validation"
)

var autoscalers = runtime.NewScheme()

func init() { install.Install(autoscalers) }

// Why the API server refuses the HPA that KEDA would make of an object: its limits and its behavior, with any metric.
func refusesAutoscaler(object *kedav1alpha1.ScaledObject) string {
	metric := autoscalingv2.MetricSpec{
		Type: autoscalingv2.ExternalMetricSourceType,
		External: &autoscalingv2.ExternalMetricSource{
			Metric: autoscalingv2.MetricIdentifier{Name: "s0"},
			Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: resource.NewQuantity(1, resource.DecimalSI)},
		},
	}
	hpa := &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Name: "keda-hpa", Namespace: object.Namespace},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			MinReplicas:    object.GetHPAMinReplicas(),
			MaxReplicas:    object.GetHPAMaxReplicas(),
			Metrics:        []autoscalingv2.MetricSpec{metric},
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: object.Spec.ScaleTargetRef.Name},
		},
	}
	if advanced := object.Spec.Advanced; advanced != nil && advanced.HorizontalPodAutoscalerConfig != nil {
		hpa.Spec.Behavior = advanced.HorizontalPodAutoscalerConfig.Behavior.DeepCopy()
	}
	// As it is sent: what is empty is left out on the way.
	text, err := json.Marshal(hpa)
	if err != nil {
		return err.Error()
	}
	hpa = &autoscalingv2.HorizontalPodAutoscaler{}
	if err := json.Unmarshal(text, hpa); err != nil {
		return err.Error()
	}
	autoscalers.Default(hpa)
	internal := &autoscaling.HorizontalPodAutoscaler{}
	if err := autoscalers.Convert(hpa, internal, nil); err != nil {
		return err.Error()
	}
	options := validation.HorizontalPodAutoscalerSpecValidationOptions{MinReplicasLowerBound: 1}
	if errs := validation.ValidateHorizontalPodAutoscaler(internal, options); len(errs) > 0 {
		return errs.ToAggregate().Error()
	}
	return ""
}
