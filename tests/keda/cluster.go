package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-logr/logr"
	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	apiyaml "k8s.io/apimachinery/pkg/util/yaml"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

var (
	ctx    = context.Background()
	scheme = runtime.NewScheme()
)

func init() {
	utilruntime.Must(clientscheme.AddToScheme(scheme))
	utilruntime.Must(kedav1alpha1.AddToScheme(scheme))
	// Custom resources that manifests of ours scale: a cluster that has them knows their definitions.
	for _, kind := range []string{"CronTab", "Other"} {
		scheme.AddKnownTypeWithName(schema.GroupVersionKind{Group: "stable.example.com", Version: "v1", Kind: kind}, &unstructured.Unstructured{})
	}
	ctrl.SetLogger(logr.Discard())
}

// A cluster in which what KEDA's webhook accepts is kept.
type cluster struct {
	client client.Client
}

// As much of a manager as the webhook's set-up takes before it would begin to serve.
type manager struct {
	ctrl.Manager
	client client.Client
	mapper meta.RESTMapper
}

func (manager manager) GetClient() client.Client       { return manager.client }
func (manager manager) GetRESTMapper() meta.RESTMapper { return manager.mapper }
func (manager manager) GetEventRecorder(string) events.EventRecorder {
	return events.NewFakeRecorder(1000)
}

func newCluster() *cluster {
	mapper := testrestmapper.TestOnlyStaticRESTMapper(scheme)
	cluster := &cluster{fake.NewClientBuilder().WithScheme(scheme).WithRESTMapper(mapper).Build()}
	func() {
		defer func() { _ = recover() }() // it has no server
		_ = (&kedav1alpha1.ScaledObject{}).SetupWebhookWithManager(manager{client: cluster.client, mapper: mapper}, false)
	}()
	return cluster
}

// Keeps what a file has of workloads, other HPAs and limits: the webhook looks them up.
func (cluster *cluster) keep(text []byte) {
	decoder := serializer.NewCodecFactory(scheme).UniversalDeserializer()
	documents := apiyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := documents.Read()
		if err != nil {
			return // the end, or what is said of its objects
		}
		decoded, _, err := decoder.Decode(document, nil, nil)
		if err != nil {
			continue // of a kind that nobody looks up
		}
		switch kept := decoded.(type) {
		case *appsv1.Deployment, *appsv1.StatefulSet, *corev1.LimitRange, *autoscalingv2.HorizontalPodAutoscaler:
			object := kept.(client.Object)
			if object.GetNamespace() == "" {
				object.SetNamespace("default")
			}
			_ = cluster.client.Create(ctx, object) // of two with one name the first stays
		}
	}
}

// Why KEDA's webhook refuses an object, or the API server the HPA of it.
func (cluster *cluster) refuses(content map[string]any) string {
	always := false
	if content["kind"] == "ScaledJob" {
		job := &kedav1alpha1.ScaledJob{}
		if err := decode(content, job); err != nil {
			return err.Error()
		}
		if _, err := job.ValidateCreate(&always); err != nil {
			return err.Error()
		}
		return ""
	}
	object := &kedav1alpha1.ScaledObject{}
	if err := decode(content, object); err != nil {
		return err.Error()
	}
	if object.Namespace == "" {
		object.Namespace = "default"
	}
	cluster.deploy(object)
	if _, err := object.ValidateCreate(&always); err != nil {
		return err.Error()
	}
	object.ResourceVersion = "" // of an object that kubectl printed
	if err := cluster.client.Create(ctx, object); err != nil {
		return fmt.Sprintf("cannot be created: %v", err)
	}
	if why := refusesAutoscaler(object); why != "" {
		return "HPA: " + why
	}
	return ""
}

// As KEDA reads what the API server hands it: a number that is too large for its field is an error here, and only here.
func decode(content map[string]any, into any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// The Deployment that an object scales, with the requests that a cpu or memory trigger asks for.
func (cluster *cluster) deploy(object *kedav1alpha1.ScaledObject) {
	requests := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1"), corev1.ResourceMemory: resource.MustParse("1Gi")}
	container := corev1.Container{Name: "app", Resources: corev1.ResourceRequirements{Requests: requests}}
	deployment := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: object.Spec.ScaleTargetRef.Name, Namespace: object.Namespace},
		Spec:       appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{container}}}},
	}
	_ = cluster.client.Create(ctx, deployment) // it may be there already
}
