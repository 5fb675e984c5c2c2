package kube

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
)

type objects []runtime.Object

func (objects) Describe(chan<- *prometheus.Desc) {}
func (o objects) Collect(metrics chan<- prometheus.Metric) {
	for _, each := range o {
		show(metrics, each)
	}
}

// shown is what Prometheus would read: a line per series, labels sorted. A series that is there twice is an error of the registry.
func shown(t *testing.T, given ...runtime.Object) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(objects(given))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.Metric {
			var labels []string
			for _, label := range metric.Label {
				labels = append(labels, fmt.Sprintf("%s=%q", label.GetName(), label.GetValue()))
			}
			sort.Strings(labels)
			value := metric.GetGauge().GetValue()
			if metric.Counter != nil {
				value = metric.GetCounter().GetValue()
			}
			series[family.GetName()+"{"+strings.Join(labels, ",")+"}"] = value
		}
	}
	return series
}

func expect(t *testing.T, series map[string]float64, wanted map[string]float64) {
	t.Helper()
	for name, value := range wanted {
		if got, there := series[name]; !there || got != value {
			t.Errorf("%s: want %v, got %v (there: %v)", name, value, got, there)
		}
	}
	if t.Failed() {
		t.Logf("all: %v", series)
	}
}

func TestReplicasOfADeployment(t *testing.T) {
	three := int32(3)
	series := shown(t, &apps.Deployment{ObjectMeta: meta.ObjectMeta{Namespace: "aeterna", Name: "aeterna"},
		Spec:   apps.DeploymentSpec{Replicas: &three},
		Status: apps.DeploymentStatus{Replicas: 3, AvailableReplicas: 1, ReadyReplicas: 2, UnavailableReplicas: 2}})
	expect(t, series, map[string]float64{
		`kube_deployment_spec_replicas{deployment="aeterna",namespace="aeterna"}`:             3,
		`kube_deployment_status_replicas_available{deployment="aeterna",namespace="aeterna"}`: 1,
		`kube_deployment_status_replicas_ready{deployment="aeterna",namespace="aeterna"}`:     2,
	})
}

func TestAPodThatIsNotReadySaysSo(t *testing.T) {
	series := shown(t, &core.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "aeterna", Name: "p", UID: "u"},
		Status: core.PodStatus{Phase: core.PodRunning, Conditions: []core.PodCondition{{Type: core.PodReady, Status: core.ConditionFalse}}}})
	expect(t, series, map[string]float64{
		`kube_pod_status_phase{namespace="aeterna",phase="Running",pod="p",uid="u"}`:   1,
		`kube_pod_status_phase{namespace="aeterna",phase="Failed",pod="p",uid="u"}`:    0,
		`kube_pod_status_ready{condition="false",namespace="aeterna",pod="p",uid="u"}`: 1,
		`kube_pod_status_ready{condition="true",namespace="aeterna",pod="p",uid="u"}`:  0,
	})
	for name := range series {
		if strings.HasPrefix(name, "kube_pod_status_unschedulable") {
			t.Errorf("a scheduled pod has %s", name)
		}
	}
}

func TestANodeNobodyHearsFromIsUnknown(t *testing.T) {
	series := shown(t, &core.Node{ObjectMeta: meta.ObjectMeta{Name: "node-1", Labels: map[string]string{core.LabelTopologyZone: "zone-a"}},
		Spec:   core.NodeSpec{Unschedulable: true},
		Status: core.NodeStatus{Conditions: []core.NodeCondition{{Type: core.NodeReady, Status: core.ConditionUnknown}}}})
	expect(t, series, map[string]float64{
		`kube_node_status_condition{condition="Ready",node="node-1",status="unknown"}`: 1,
		`kube_node_status_condition{condition="Ready",node="node-1",status="true"}`:    0,
		`kube_node_spec_unschedulable{node="node-1"}`:                                  1,
		`kube_node_labels{label_topology_kubernetes_io_zone="zone-a",node="node-1"}`:   1,
	})
}

func TestAddressesBehindAService(t *testing.T) {
	series := shown(t, &core.Endpoints{ObjectMeta: meta.ObjectMeta{Namespace: "aeterna", Name: "aeterna-postgres-rw"},
		Subsets: []core.EndpointSubset{{Addresses: []core.EndpointAddress{{IP: "10.42.1.2"}, {IP: "10.42.1.2"}},
			NotReadyAddresses: []core.EndpointAddress{{IP: "10.42.1.3"}}, Ports: []core.EndpointPort{{Name: "postgresql", Port: 5432, Protocol: "TCP"}}}}})
	expect(t, series, map[string]float64{
		`kube_endpoint_address{endpoint="aeterna-postgres-rw",ip="10.42.1.2",namespace="aeterna",port_name="postgresql",port_number="5432",port_protocol="TCP",ready="true"}`:  1,
		`kube_endpoint_address{endpoint="aeterna-postgres-rw",ip="10.42.1.3",namespace="aeterna",port_name="postgresql",port_number="5432",port_protocol="TCP",ready="false"}`: 1,
	})
	if len(series) != 2 {
		t.Errorf("two addresses, %d series", len(series))
	}
}

func TestBudgetsAndAutoscalers(t *testing.T) {
	series := shown(t,
		&policy.PodDisruptionBudget{ObjectMeta: meta.ObjectMeta{Namespace: "aeterna", Name: "aeterna"},
			Status: policy.PodDisruptionBudgetStatus{DisruptionsAllowed: 1, CurrentHealthy: 3, DesiredHealthy: 2, ExpectedPods: 3}},
		&autoscaling.HorizontalPodAutoscaler{ObjectMeta: meta.ObjectMeta{Namespace: "aeterna", Name: "aeterna"},
			Spec: autoscaling.HorizontalPodAutoscalerSpec{MaxReplicas: 10},
			Status: autoscaling.HorizontalPodAutoscalerStatus{CurrentReplicas: 3, DesiredReplicas: 4, Conditions: []autoscaling.HorizontalPodAutoscalerCondition{
				{Type: autoscaling.ScalingActive, Status: core.ConditionFalse}, {Type: autoscaling.AbleToScale, Status: core.ConditionTrue}}}},
		&apps.StatefulSet{ObjectMeta: meta.ObjectMeta{Namespace: "aeterna", Name: "aeterna-qdrant"}, Status: apps.StatefulSetStatus{ReadyReplicas: 2}})
	expect(t, series, map[string]float64{
		`kube_poddisruptionbudget_status_pod_disruptions_allowed{namespace="aeterna",poddisruptionbudget="aeterna"}`:                                    1,
		`kube_poddisruptionbudget_status_expected_pods{namespace="aeterna",poddisruptionbudget="aeterna"}`:                                              3,
		`kube_horizontalpodautoscaler_spec_min_replicas{horizontalpodautoscaler="aeterna",namespace="aeterna"}`:                                         1,
		`kube_horizontalpodautoscaler_status_desired_replicas{horizontalpodautoscaler="aeterna",namespace="aeterna"}`:                                   4,
		`kube_horizontalpodautoscaler_status_condition{condition="ScalingActive",horizontalpodautoscaler="aeterna",namespace="aeterna",status="false"}`: 1,
		`kube_horizontalpodautoscaler_status_condition{condition="AbleToScale",horizontalpodautoscaler="aeterna",namespace="aeterna",status="true"}`:    1,
		`kube_statefulset_status_replicas_ready{namespace="aeterna",statefulset="aeterna-qdrant"}`:                                                      2,
		`kube_statefulset_replicas{namespace="aeterna",statefulset="aeterna-qdrant"}`:                                                                   1,
	})
}

// The exporter logs in wherever it is told to: nobody but our own instances may learn its password.
func TestOnlyInstancesOfTheNamespaceAreAsked(t *testing.T) {
	pods := cache.NewSharedIndexInformer(&cache.ListWatch{}, &core.Pod{}, 0, cache.Indexers{byAddress: addressOf})
	add := func(namespace, name, address, role string, phase core.PodPhase) {
		if err := pods.GetIndexer().Add(&core.Pod{ObjectMeta: meta.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"cnpg.io/podRole": role}},
			Status: core.PodStatus{PodIP: address, Phase: phase}}); err != nil {
			t.Fatal(err)
		}
	}
	add("aeterna", "aeterna-postgres-1", "10.42.1.2", "instance", core.PodRunning)
	add("aeterna", "gone", "10.42.1.3", "instance", core.PodFailed)
	add("aeterna", "pooler", "10.42.1.4", "pooler", core.PodRunning)
	add("else", "aeterna-postgres-1", "10.42.1.5", "instance", core.PodRunning)
	state := &State{stores: map[string]cache.SharedIndexInformer{"pods": pods}}
	if pod, known := state.Instance("aeterna", "10.42.1.2"); !known || pod != "aeterna-postgres-1" {
		t.Errorf("the instance is not found: %q %v", pod, known)
	}
	for _, other := range []string{"10.42.1.3", "10.42.1.4", "10.42.1.5", "10.42.1.9", ""} {
		if pod, known := state.Instance("aeterna", other); known {
			t.Errorf("%q passes for the instance %s", other, pod)
		}
	}
	if state.Synced() {
		t.Error("nothing was listed, and it says so")
	}
}
