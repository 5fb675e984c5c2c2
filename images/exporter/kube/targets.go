package kube

import (
	"net"
	"sort"
	"strconv"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Target is an entry of Prometheus' HTTP service discovery. Debian's Prometheus is built without discovery in Kubernetes; this is
// the same, and the labels are called the same.
type Target struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

const discovered = "__meta_kubernetes_"

// Pods are the running pods of a namespace that a selector selects, each at its port of that name.
func (s *State) Pods(namespace string, selector labels.Selector, portName string) []Target {
	targets := []Target{}
	for _, object := range s.stores["pods"].GetStore().List() {
		pod := object.(*core.Pod)
		if pod.Namespace != namespace || pod.Status.Phase != core.PodRunning || pod.Status.PodIP == "" || !selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		for _, container := range pod.Spec.Containers {
			for _, port := range container.Ports {
				if port.Name == portName {
					targets = append(targets, Target{
						Targets: []string{net.JoinHostPort(pod.Status.PodIP, strconv.Itoa(int(port.ContainerPort)))},
						Labels: map[string]string{
							discovered + "namespace": pod.Namespace, discovered + "pod_name": pod.Name,
							discovered + "pod_ip": pod.Status.PodIP, discovered + "pod_node_name": pod.Spec.NodeName},
					})
				}
			}
		}
	}
	return sorted(targets)
}

// Nodes are the kubelets.
func (s *State) Nodes() []Target {
	targets := []Target{}
	for _, object := range s.stores["nodes"].GetStore().List() {
		node := object.(*core.Node)
		for _, address := range node.Status.Addresses {
			if address.Type == core.NodeInternalIP {
				port := strconv.Itoa(int(node.Status.DaemonEndpoints.KubeletEndpoint.Port))
				targets = append(targets, Target{Targets: []string{net.JoinHostPort(address.Address, port)},
					Labels: map[string]string{discovered + "node_name": node.Name}})
				break
			}
		}
	}
	return sorted(targets)
}

func sorted(targets []Target) []Target {
	sort.Slice(targets, func(i, j int) bool { return targets[i].Targets[0] < targets[j].Targets[0] })
	return targets
}
