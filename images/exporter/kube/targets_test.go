package kube

import (
	"reflect"
	"testing"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/cache"
)

func TestTargets(t *testing.T) {
	pods := cache.NewSharedIndexInformer(&cache.ListWatch{}, &core.Pod{}, 0, cache.Indexers{})
	nodes := cache.NewSharedIndexInformer(&cache.ListWatch{}, &core.Node{}, 0, cache.Indexers{})
	state := &State{stores: map[string]cache.SharedIndexInformer{"pods": pods, "nodes": nodes}}
	add := func(namespace, name, address, app string, phase core.PodPhase) {
		pods.GetIndexer().Add(&core.Pod{ObjectMeta: meta.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": app}},
			Spec:   core.PodSpec{NodeName: "node-1", Containers: []core.Container{{Ports: []core.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "metrics", ContainerPort: 9090}}}}},
			Status: core.PodStatus{PodIP: address, Phase: phase}})
	}
	add("aeterna", "two", "10.42.1.3", "api", core.PodRunning)
	add("aeterna", "one", "10.42.1.2", "api", core.PodRunning)
	add("aeterna", "other", "10.42.1.4", "relay", core.PodRunning)
	add("aeterna", "ended", "10.42.1.5", "api", core.PodSucceeded)
	add("aeterna", "placeless", "", "api", core.PodRunning)
	add("else", "foreign", "10.42.1.6", "api", core.PodRunning)

	selector := labels.SelectorFromSet(labels.Set{"app": "api"})
	got := state.Pods("aeterna", selector, "metrics")
	want := func(name, address string) Target {
		return Target{[]string{address + ":9090"}, map[string]string{"__meta_kubernetes_namespace": "aeterna", "__meta_kubernetes_pod_name": name,
			"__meta_kubernetes_pod_ip": address, "__meta_kubernetes_pod_node_name": "node-1"}}
	}
	if !reflect.DeepEqual(got, []Target{want("one", "10.42.1.2"), want("two", "10.42.1.3")}) {
		t.Errorf("%+v", got)
	}
	// Prometheus takes null for a broken answer and keeps its old targets for ever.
	if none := state.Pods("aeterna", selector, "nowhere"); none == nil || len(none) != 0 {
		t.Errorf("%+v", none)
	}

	nodes.GetIndexer().Add(&core.Node{ObjectMeta: meta.ObjectMeta{Name: "node-1"}, Status: core.NodeStatus{
		Addresses:       []core.NodeAddress{{Type: core.NodeHostName, Address: "node-1"}, {Type: core.NodeInternalIP, Address: "172.30.0.11"}},
		DaemonEndpoints: core.NodeDaemonEndpoints{KubeletEndpoint: core.DaemonEndpoint{Port: 10250}}}})
	if got := state.Nodes(); !reflect.DeepEqual(got, []Target{{[]string{"172.30.0.11:10250"}, map[string]string{"__meta_kubernetes_node_name": "node-1"}}}) {
		t.Errorf("%+v", got)
	}
}
