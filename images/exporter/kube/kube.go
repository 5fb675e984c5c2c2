// Package kube shows the state of a cluster's objects under the names that kube-state-metrics gives them. What is shown is what the
// API server said last: while it cannot be reached, the last state stays, as it does with kube-state-metrics.
package kube

import (
	"context"
	"log/slog"
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// State is what the API server said last. It is a collector of metrics.
type State struct {
	stores map[string]cache.SharedIndexInformer
}

const byAddress = "address"

// Watch lists and watches until the context ends.
func Watch(ctx context.Context, client kubernetes.Interface, log *slog.Logger) *State {
	factory := informers.NewSharedInformerFactory(client, 0)
	s := &State{stores: map[string]cache.SharedIndexInformer{
		"deployments":  factory.Apps().V1().Deployments().Informer(),
		"statefulsets": factory.Apps().V1().StatefulSets().Informer(),
		"pods":         factory.Core().V1().Pods().Informer(),
		"nodes":        factory.Core().V1().Nodes().Informer(),
		"endpoints":    factory.Core().V1().Endpoints().Informer(),
		"budgets":      factory.Policy().V1().PodDisruptionBudgets().Informer(),
		"autoscalers":  factory.Autoscaling().V2().HorizontalPodAutoscalers().Informer(),
	}}
	if err := s.stores["pods"].AddIndexers(cache.Indexers{byAddress: addressOf}); err != nil {
		panic(err) // only after the start, which comes below
	}
	for name, store := range s.stores {
		// What nobody shows would be most of the memory.
		_ = store.SetTransform(withoutManagedFields)
		var trouble onceInARow
		_ = store.SetWatchErrorHandler(func(_ *cache.Reflector, err error) {
			if trouble.differs(err.Error()) {
				log.Warn("cannot be watched; trying again", "what", name, "error", err)
			}
		})
	}
	factory.Start(ctx.Done())
	return s
}

// onceInARow keeps a lasting trouble from filling the log.
type onceInARow struct {
	mu   sync.Mutex
	last string
}

func (o *onceInARow) differs(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	differs := text != o.last
	o.last = text
	return differs
}

func withoutManagedFields(object any) (any, error) {
	if accessor, ok := object.(meta.Object); ok {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

func addressOf(object any) ([]string, error) {
	if pod, ok := object.(*core.Pod); ok && pod.Status.PodIP != "" && !pod.Spec.HostNetwork {
		return []string{pod.Status.PodIP}, nil
	}
	return nil, nil
}

// Synced says whether everything was listed at least once.
func (s *State) Synced() bool {
	for _, store := range s.stores {
		if !store.HasSynced() {
			return false
		}
	}
	return true
}

// Instance is the pod of that address, if it is a PostgreSQL instance of the namespace.
func (s *State) Instance(namespace, address string) (string, bool) {
	found, err := s.stores["pods"].GetIndexer().ByIndex(byAddress, address)
	if err != nil {
		return "", false
	}
	for _, object := range found {
		pod := object.(*core.Pod)
		// An address is given to another pod once its holder has ended; the ended one may still be listed.
		ended := pod.Status.Phase == core.PodSucceeded || pod.Status.Phase == core.PodFailed
		if pod.Namespace == namespace && pod.Labels["cnpg.io/podRole"] == "instance" && !ended {
			return pod.Name, true
		}
	}
	return "", false
}

// Describe says nothing: which series there are depends on the objects.
func (s *State) Describe(chan<- *prometheus.Desc) {}

// Collect shows every object.
func (s *State) Collect(metrics chan<- prometheus.Metric) {
	for _, store := range s.stores {
		for _, object := range store.GetStore().List() {
			show(metrics, object.(runtime.Object))
		}
	}
}

func show(metrics chan<- prometheus.Metric, object runtime.Object) {
	to := sink{metrics}
	switch o := object.(type) {
	case *apps.Deployment:
		deployment(to, o)
	case *apps.StatefulSet:
		statefulSet(to, o)
	case *core.Pod:
		pod(to, o)
	case *core.Node:
		node(to, o)
	case *core.Endpoints:
		endpoints(to, o)
	case *policy.PodDisruptionBudget:
		budget(to, o)
	case *autoscaling.HorizontalPodAutoscaler:
		autoscaler(to, o)
	}
}

type sink struct{ metrics chan<- prometheus.Metric }

// labels are names and values in turn.
func (s sink) gauge(name string, value float64, labels ...string) {
	s.of(prometheus.GaugeValue, name, value, labels)
}

func (s sink) of(kind prometheus.ValueType, name string, value float64, labels []string) {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	s.metrics <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, "As kube-state-metrics has it.", names, nil), kind, value, values...)
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func orOne(number *int32) float64 {
	if number == nil {
		return 1
	}
	return float64(*number)
}

func deployment(to sink, d *apps.Deployment) {
	labels := []string{"namespace", d.Namespace, "deployment", d.Name}
	to.gauge("kube_deployment_spec_replicas", orOne(d.Spec.Replicas), labels...)
	to.gauge("kube_deployment_status_replicas", float64(d.Status.Replicas), labels...)
	to.gauge("kube_deployment_status_replicas_available", float64(d.Status.AvailableReplicas), labels...)
	to.gauge("kube_deployment_status_replicas_ready", float64(d.Status.ReadyReplicas), labels...)
	to.gauge("kube_deployment_status_replicas_unavailable", float64(d.Status.UnavailableReplicas), labels...)
	to.gauge("kube_deployment_status_replicas_updated", float64(d.Status.UpdatedReplicas), labels...)
}

func statefulSet(to sink, s *apps.StatefulSet) {
	labels := []string{"namespace", s.Namespace, "statefulset", s.Name}
	to.gauge("kube_statefulset_replicas", orOne(s.Spec.Replicas), labels...)
	to.gauge("kube_statefulset_status_replicas", float64(s.Status.Replicas), labels...)
	to.gauge("kube_statefulset_status_replicas_available", float64(s.Status.AvailableReplicas), labels...)
	to.gauge("kube_statefulset_status_replicas_ready", float64(s.Status.ReadyReplicas), labels...)
	to.gauge("kube_statefulset_status_replicas_updated", float64(s.Status.UpdatedReplicas), labels...)
}

func pod(to sink, p *core.Pod) {
	labels := func(more ...string) []string {
		return append([]string{"namespace", p.Namespace, "pod", p.Name, "uid", string(p.UID)}, more...)
	}
	var kind, owner string
	if controller := meta.GetControllerOf(p); controller != nil {
		kind, owner = controller.Kind, controller.Name
	}
	to.gauge("kube_pod_info", 1, labels("node", p.Spec.NodeName, "host_ip", p.Status.HostIP, "pod_ip", p.Status.PodIP,
		"created_by_kind", kind, "created_by_name", owner, "host_network", strconv.FormatBool(p.Spec.HostNetwork),
		"priority_class", p.Spec.PriorityClassName)...)
	for _, phase := range []core.PodPhase{core.PodPending, core.PodRunning, core.PodSucceeded, core.PodFailed, core.PodUnknown} {
		to.gauge("kube_pod_status_phase", truth(p.Status.Phase == phase), labels("phase", string(phase))...)
	}
	for _, condition := range p.Status.Conditions {
		if condition.Type == core.PodReady {
			each(condition.Status, func(status string, value float64) {
				to.gauge("kube_pod_status_ready", value, labels("condition", status)...)
			})
		}
		if condition.Type == core.PodScheduled && condition.Status == core.ConditionFalse && condition.Reason == core.PodReasonUnschedulable {
			to.gauge("kube_pod_status_unschedulable", 1, labels()...)
		}
	}
	for _, container := range p.Status.ContainerStatuses {
		to.of(prometheus.CounterValue, "kube_pod_container_status_restarts_total", float64(container.RestartCount), labels("container", container.Name))
	}
}

// each gives a condition's three series, of which one is 1.
func each(present core.ConditionStatus, one func(status string, value float64)) {
	for name, status := range map[string]core.ConditionStatus{"true": core.ConditionTrue, "false": core.ConditionFalse, "unknown": core.ConditionUnknown} {
		one(name, truth(present == status))
	}
}

func node(to sink, n *core.Node) {
	to.gauge("kube_node_spec_unschedulable", truth(n.Spec.Unschedulable), "node", n.Name)
	// The real one needs --metric-labels-allowlist=nodes=[topology.kubernetes.io/zone] for this.
	to.gauge("kube_node_labels", 1, "node", n.Name, "label_topology_kubernetes_io_zone", n.Labels[core.LabelTopologyZone])
	for _, taint := range n.Spec.Taints {
		to.gauge("kube_node_spec_taint", 1, "node", n.Name, "key", taint.Key, "value", taint.Value, "effect", string(taint.Effect))
	}
	for _, condition := range n.Status.Conditions {
		each(condition.Status, func(status string, value float64) {
			to.gauge("kube_node_status_condition", value, "node", n.Name, "condition", string(condition.Type), "status", status)
		})
	}
}

func endpoints(to sink, e *core.Endpoints) {
	// One address may be listed for several ports and twice for one of them: a series must not be.
	seen := map[[4]string]bool{}
	for _, subset := range e.Subsets {
		for _, port := range subset.Ports {
			for ready, addresses := range map[bool][]core.EndpointAddress{true: subset.Addresses, false: subset.NotReadyAddresses} {
				for _, address := range addresses {
					number := strconv.Itoa(int(port.Port))
					key := [4]string{address.IP, strconv.FormatBool(ready), number, string(port.Protocol) + port.Name}
					if seen[key] {
						continue
					}
					seen[key] = true
					to.gauge("kube_endpoint_address", 1, "namespace", e.Namespace, "endpoint", e.Name, "ip", address.IP,
						"ready", strconv.FormatBool(ready), "port_number", number, "port_protocol", string(port.Protocol), "port_name", port.Name)
				}
			}
		}
	}
}

func budget(to sink, b *policy.PodDisruptionBudget) {
	labels := []string{"namespace", b.Namespace, "poddisruptionbudget", b.Name}
	to.gauge("kube_poddisruptionbudget_status_pod_disruptions_allowed", float64(b.Status.DisruptionsAllowed), labels...)
	to.gauge("kube_poddisruptionbudget_status_current_healthy", float64(b.Status.CurrentHealthy), labels...)
	to.gauge("kube_poddisruptionbudget_status_desired_healthy", float64(b.Status.DesiredHealthy), labels...)
	to.gauge("kube_poddisruptionbudget_status_expected_pods", float64(b.Status.ExpectedPods), labels...)
}

func autoscaler(to sink, a *autoscaling.HorizontalPodAutoscaler) {
	labels := []string{"namespace", a.Namespace, "horizontalpodautoscaler", a.Name}
	to.gauge("kube_horizontalpodautoscaler_spec_min_replicas", orOne(a.Spec.MinReplicas), labels...)
	to.gauge("kube_horizontalpodautoscaler_spec_max_replicas", float64(a.Spec.MaxReplicas), labels...)
	to.gauge("kube_horizontalpodautoscaler_status_current_replicas", float64(a.Status.CurrentReplicas), labels...)
	to.gauge("kube_horizontalpodautoscaler_status_desired_replicas", float64(a.Status.DesiredReplicas), labels...)
	for _, condition := range a.Status.Conditions {
		each(condition.Status, func(status string, value float64) {
			to.gauge("kube_horizontalpodautoscaler_status_condition", value,
				append(append([]string{}, labels...), "condition", string(condition.Type), "status", status)...)
		})
	}
}
