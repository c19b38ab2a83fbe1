// Command controllers runs those of Kubernetes' own controllers that scaling needs: Deployments, ReplicaSets, the
// HorizontalPodAutoscaler, disruption budgets and the garbage collector, which removes the HPA of a ScaledObject that is gone.
// kube-controller-manager has all of them too, but brings volume plug-ins and cloud providers along: 1100 packages more to build.
package main

import (
	"context"
	"flag"
	"os/signal"
	"reflect"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/disruption"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	resourceclient "k8s.io/metrics/pkg/client/clientset/versioned/typed/metrics/v1beta1"
	"k8s.io/metrics/pkg/client/custom_metrics"
	"k8s.io/metrics/pkg/client/external_metrics"
)

// What kube-controller-manager has without any flag.
const (
	hpaSyncPeriod          = 15 * time.Second
	hpaDownscaleWindow     = 5 * time.Minute
	hpaTolerance           = 0.1
	hpaCPUInitialization   = 5 * time.Minute
	hpaInitialReadiness    = 30 * time.Second
	replicaSetBurst        = 500
	workers                = 5
	collectorWorkers       = 20
	collectorSync          = 30 * time.Second
	informerResync         = 12 * time.Hour
	discoveryInvalidatedBy = 30 * time.Second
)

// The clients that all controllers share.
type world struct {
	config    *rest.Config
	client    kubernetes.Interface
	metadata  metadata.Interface
	mapper    *restmapper.DeferredDiscoveryRESTMapper
	scales    scale.ScalesGetter
	informers informers.SharedInformerFactory
	started   chan struct{}
}

func main() {
	klog.InitFlags(nil)
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	w := connect(ctx, *kubeconfig)
	deployments, replicaSets := w.workloads(ctx)
	go deployments.Run(ctx, workers)
	go replicaSets.Run(ctx, workers)
	go w.autoscaler(ctx).Run(ctx, workers)
	go call(w.budgets(ctx).Run, ctx, workers)
	w.collect(ctx)
	w.informers.Start(ctx.Done())
	close(w.started)
	<-ctx.Done()
}

func must[T any](value T, err error) T {
	if err != nil {
		klog.Fatal(err)
	}
	return value
}

// call gives a function of Kubernetes those of these values that it takes: from version to version there is a context, a logger or
// a time-out more or less.
func call(function any, given ...any) []reflect.Value {
	kind := reflect.TypeOf(function)
	var taken []reflect.Value
	for _, one := range given {
		if at := len(taken); at < kind.NumIn() && reflect.TypeOf(one).AssignableTo(kind.In(at)) {
			taken = append(taken, reflect.ValueOf(one))
		}
	}
	if len(taken) != kind.NumIn() {
		klog.Fatalf("of %v only %d parameters are known", kind, len(taken))
	}
	return reflect.ValueOf(function).Call(taken)
}

func connect(ctx context.Context, kubeconfig string) *world {
	config := must(clientcmd.BuildConfigFromFlags("", kubeconfig))
	config.QPS, config.Burst = 100, 200
	client := must(kubernetes.NewForConfig(config))
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client.Discovery()))
	go func() {
		for range time.Tick(discoveryInvalidatedBy) {
			mapper.Reset()
		}
	}()
	kinds := scale.NewDiscoveryScaleKindResolver(client.Discovery())
	return &world{
		config:    config,
		client:    client,
		metadata:  must(metadata.NewForConfig(config)),
		mapper:    mapper,
		scales:    must(scale.NewForConfig(config, mapper, dynamic.LegacyAPIPathResolverFunc, kinds)),
		informers: informers.NewSharedInformerFactory(client, informerResync),
		started:   make(chan struct{}),
	}
}

func (w *world) workloads(ctx context.Context) (*deployment.DeploymentController, *replicaset.ReplicaSetController) {
	apps, pods := w.informers.Apps().V1(), w.informers.Core().V1().Pods()
	deployments := must(deployment.NewDeploymentController(ctx, apps.Deployments(), apps.ReplicaSets(), pods, w.client))
	made := call(replicaset.NewReplicaSetController, ctx, klog.FromContext(ctx), apps.ReplicaSets(), pods, w.client, replicaSetBurst)
	return deployments, made[0].Interface().(*replicaset.ReplicaSetController)
}

func (w *world) autoscaler(ctx context.Context) *podautoscaler.HorizontalController {
	apis := custom_metrics.NewAvailableAPIsGetter(w.client.Discovery())
	go custom_metrics.PeriodicallyInvalidate(apis, hpaSyncPeriod, ctx.Done())
	measured := metrics.NewRESTMetricsClient(
		must(resourceclient.NewForConfig(w.config)),
		custom_metrics.NewForConfig(w.config, w.mapper, apis),
		must(external_metrics.NewForConfig(w.config)),
	)
	return podautoscaler.NewHorizontalController(ctx, w.client.CoreV1(), w.scales, w.client.AutoscalingV2(), w.mapper, measured,
		w.informers.Autoscaling().V2().HorizontalPodAutoscalers(), w.informers.Core().V1().Pods(),
		hpaSyncPeriod, hpaDownscaleWindow, hpaTolerance, hpaCPUInitialization, hpaInitialReadiness)
}

func (w *world) budgets(ctx context.Context) *disruption.DisruptionController {
	apps, core := w.informers.Apps().V1(), w.informers.Core().V1()
	return disruption.NewDisruptionController(ctx, core.Pods(), w.informers.Policy().V1().PodDisruptionBudgets(),
		core.ReplicationControllers(), apps.ReplicaSets(), apps.Deployments(), apps.StatefulSets(),
		w.client, w.mapper, w.scales, w.client.Discovery())
}

func (w *world) collect(ctx context.Context) {
	everything := informerfactory.NewInformerFactory(w.informers, metadatainformer.NewSharedInformerFactory(w.metadata, informerResync))
	ignored := make(map[schema.GroupResource]struct{})
	for resource := range garbagecollector.DefaultIgnoredResources() {
		ignored[resource] = struct{}{}
	}
	made := call(garbagecollector.NewGarbageCollector, ctx, w.client, w.metadata, w.mapper, ignored, everything, w.started)
	if failed := made[1]; !failed.IsNil() {
		klog.Fatal(failed)
	}
	collector := made[0].Interface().(*garbagecollector.GarbageCollector)
	go call(collector.Run, ctx, collectorWorkers, collectorSync)
	go collector.Sync(ctx, w.client.Discovery(), collectorSync)
	go func() {
		<-w.started
		everything.Start(ctx.Done())
	}()
}
