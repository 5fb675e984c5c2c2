package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
)

// policyChain is where every packet that is forwarded to or from a pod passes first. Packets between two pods of this node do too,
// although a bridge joins them, because bridge-nf-call-iptables is set. What the node itself sends (the kubelet's probes) is not
// forwarded, and so never refused.
const policyChain = "NETPOL"

// policyPod is what a policy needs to know of a pod.
type policyPod struct {
	namespace, name, node string
	address               netip.Addr
	labels                labels.Set
	ports                 []core.ContainerPort
}

// policyPodOf reads a Pod; ok is false for those that no policy can hold: without an address of their own, or ended.
func policyPodOf(object *unstructured.Unstructured) (policyPod, bool) {
	var pod core.Pod
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &pod); err != nil {
		return policyPod{}, false
	}
	address, err := netip.ParseAddr(pod.Status.PodIP)
	ended := pod.Status.Phase == core.PodSucceeded || pod.Status.Phase == core.PodFailed
	if err != nil || !address.Is4() || ended || pod.Spec.HostNetwork {
		return policyPod{}, false
	}
	p := policyPod{namespace: pod.Namespace, name: pod.Name, node: pod.Spec.NodeName, address: address, labels: pod.Labels}
	for _, container := range pod.Spec.Containers {
		p.ports = append(p.ports, container.Ports...)
	}
	return p, true
}

// policyWorld is what policies are computed from.
type policyWorld struct {
	pods       []policyPod
	namespaces map[string]labels.Set
	policies   []networking.NetworkPolicy
}

// direction is seen from the pod that a policy selects.
type direction struct {
	kind       networking.PolicyType
	here, peer string // the options of iptables that match the pod's own address, and its peer's
	letter     string
}

var (
	ingress = direction{networking.PolicyTypeIngress, "-d", "-s", "I"}
	egress  = direction{networking.PolicyTypeEgress, "-s", "-d", "E"}
)

// policyRules is the input of iptables-restore that makes this node obey the policies. It is the same text for the same state.
func policyRules(node string, world policyWorld, stale []string) string {
	var chains, dispatch, rules []string
	pods := append([]policyPod(nil), world.pods...)
	sort.Slice(pods, func(i, j int) bool {
		return pods[i].namespace+"/"+pods[i].name < pods[j].namespace+"/"+pods[j].name
	})
	world.pods = pods
	wanted := map[string]bool{}
	for _, pod := range pods {
		if pod.node != node {
			continue
		}
		for _, way := range []direction{ingress, egress} {
			selecting := selectingPolicies(world, pod, way)
			if len(selecting) == 0 {
				continue
			}
			chain := chainOf(pod, way)
			wanted[chain] = true
			chains = append(chains, chain)
			dispatch = append(dispatch, fmt.Sprintf("-A %s %s %s/32 -m comment --comment \"%s/%s %s\" -j %s",
				policyChain, way.here, pod.address, pod.namespace, pod.name, way.kind, chain))
			// Nothing may keep a pod from itself.
			rules = append(rules, fmt.Sprintf("-A %s %s %s/32 -j RETURN", chain, way.peer, pod.address))
			for _, policy := range selecting {
				for _, match := range allowed(world, pod, policy, way) {
					rules = append(rules, fmt.Sprintf("-A %s%s -m comment --comment \"%s/%s\" -j RETURN", chain, match, policy.Namespace, policy.Name))
				}
			}
			// A reset ends an attempt to connect at once; told by ICMP alone, Linux tries again for a second.
			for _, refusal := range []string{"-p tcp -j REJECT --reject-with tcp-reset", "-j REJECT --reject-with icmp-port-unreachable"} {
				rules = append(rules, fmt.Sprintf("-A %s -m comment --comment \"%s/%s: no policy allows it\" %s", chain, pod.namespace, pod.name, refusal))
			}
		}
	}
	var text strings.Builder
	line := func(s string) { text.WriteString(s + "\n") }
	line("*filter")
	// Naming a chain here empties it, so nothing refers to the stale ones when they are removed.
	line(":" + policyChain + " - [0:0]")
	sort.Strings(chains)
	for _, chain := range chains {
		line(":" + chain + " - [0:0]")
	}
	var removed []string
	for _, chain := range stale {
		if !wanted[chain] {
			line(":" + chain + " - [0:0]")
			removed = append(removed, chain)
		}
	}
	line("-A " + policyChain + " -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN")
	for _, rule := range append(dispatch, rules...) {
		line(rule)
	}
	for _, chain := range removed {
		line("-X " + chain)
	}
	line("COMMIT")
	return text.String()
}

func chainOf(pod policyPod, way direction) string {
	sum := sha256.Sum256([]byte(pod.namespace + "/" + pod.name + "/" + pod.address.String()))
	return policyChain + "-" + way.letter + hex.EncodeToString(sum[:8])
}

func selectingPolicies(world policyWorld, pod policyPod, way direction) []networking.NetworkPolicy {
	var selecting []networking.NetworkPolicy
	for _, policy := range world.policies {
		if policy.Namespace != pod.namespace || !concerns(policy, way) || !selects(&policy.Spec.PodSelector, pod.labels) {
			continue
		}
		selecting = append(selecting, policy)
	}
	sort.Slice(selecting, func(i, j int) bool { return selecting[i].Name < selecting[j].Name })
	return selecting
}

func concerns(policy networking.NetworkPolicy, way direction) bool {
	for _, kind := range policy.Spec.PolicyTypes {
		if kind == way.kind {
			return true
		}
	}
	return false
}

func selects(selector *metav1.LabelSelector, set labels.Set) bool {
	compiled, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && compiled.Matches(set)
}

// clause is an ingress or an egress rule of a policy.
type clause struct {
	peers []networking.NetworkPolicyPeer
	ports []networking.NetworkPolicyPort
}

func clauses(policy networking.NetworkPolicy, way direction) []clause {
	var all []clause
	if way.kind == networking.PolicyTypeIngress {
		for _, rule := range policy.Spec.Ingress {
			all = append(all, clause{rule.From, rule.Ports})
		}
	} else {
		for _, rule := range policy.Spec.Egress {
			all = append(all, clause{rule.To, rule.Ports})
		}
	}
	return all
}

// allowed are the matches of packets that a policy lets through to or from the pod.
func allowed(world policyWorld, pod policyPod, policy networking.NetworkPolicy, way direction) []string {
	var matches []string
	add := func(address string, ports []string) {
		for _, port := range ports {
			matches = append(matches, address+port)
		}
	}
	for _, clause := range clauses(policy, way) {
		// A named port is looked up where the connection ends: at the pod for what comes in, at the peer for what goes out.
		own := portMatches(clause.ports, pod.ports)
		if len(clause.peers) == 0 {
			add("", own)
		}
		for _, peer := range clause.peers {
			if peer.IPBlock != nil {
				for _, prefix := range blockOf(*peer.IPBlock) {
					add(fmt.Sprintf(" %s %s", way.peer, prefix), own)
				}
				continue
			}
			for _, other := range world.pods {
				if !isPeer(world, policy.Namespace, peer, other) {
					continue
				}
				ports := own
				if way.kind == networking.PolicyTypeEgress {
					ports = portMatches(clause.ports, other.ports)
				}
				add(fmt.Sprintf(" %s %s/32", way.peer, other.address), ports)
			}
		}
	}
	return matches
}

func isPeer(world policyWorld, namespace string, peer networking.NetworkPolicyPeer, pod policyPod) bool {
	if peer.NamespaceSelector == nil {
		if pod.namespace != namespace {
			return false
		}
	} else if set, known := world.namespaces[pod.namespace]; !known || !selects(peer.NamespaceSelector, set) {
		return false
	}
	return peer.PodSelector == nil || selects(peer.PodSelector, pod.labels)
}

// portMatches are a match for each port; one that matches everything when none is named; none at all when a name is unknown.
func portMatches(ports []networking.NetworkPolicyPort, named []core.ContainerPort) []string {
	if len(ports) == 0 {
		return []string{""}
	}
	var matches []string
	for _, port := range ports {
		protocol := core.ProtocolTCP
		if port.Protocol != nil {
			protocol = *port.Protocol
		}
		match := " -p " + strings.ToLower(string(protocol))
		switch {
		case port.Port == nil:
			matches = append(matches, match)
		case port.Port.Type == intstr.String:
			for _, candidate := range named {
				candidateProtocol := candidate.Protocol
				if candidateProtocol == "" {
					candidateProtocol = core.ProtocolTCP
				}
				if candidate.Name == port.Port.StrVal && candidateProtocol == protocol {
					matches = append(matches, match+" --dport "+strconv.Itoa(int(candidate.ContainerPort)))
				}
			}
		default:
			numbers := strconv.Itoa(port.Port.IntValue())
			if port.EndPort != nil {
				numbers += ":" + strconv.Itoa(int(*port.EndPort))
			}
			matches = append(matches, match+" --dport "+numbers)
		}
	}
	return matches
}

// blockOf is a block without its exceptions, as prefixes. Only IPv4: pods have no other addresses here.
func blockOf(block networking.IPBlock) []netip.Prefix {
	whole, err := netip.ParsePrefix(block.CIDR)
	if err != nil || !whole.Addr().Is4() {
		return nil
	}
	var except []netip.Prefix
	for _, text := range block.Except {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			except = append(except, prefix.Masked())
		}
	}
	return without(whole.Masked(), except)
}

func without(prefix netip.Prefix, except []netip.Prefix) []netip.Prefix {
	touched := false
	for _, e := range except {
		if e.Bits() <= prefix.Bits() && e.Contains(prefix.Addr()) {
			return nil
		}
		touched = touched || prefix.Overlaps(e)
	}
	if !touched {
		return []netip.Prefix{prefix}
	}
	low := netip.PrefixFrom(prefix.Addr(), prefix.Bits()+1)
	bytes := prefix.Addr().As4()
	bytes[prefix.Bits()/8] |= 1 << (7 - prefix.Bits()%8)
	high := netip.PrefixFrom(netip.AddrFrom4(bytes), prefix.Bits()+1)
	return append(without(low, except), without(high, except)...)
}

// networkPolicies makes the node obey the cluster's NetworkPolicies, as kube-router does in the real k3s.
type networkPolicies struct {
	node     string
	children *children
	applied  string // what the kernel was given last
	trouble  lastingTrouble
}

const (
	policyFile = "/run/k3s-network-policies"
	policyJump = "-A FORWARD -j " + policyChain
)

var jump = []string{"-j", policyChain}

// run watches until the node stops. While the API server is away, what holds goes on holding; before it was first reached, nothing
// is refused.
func (n *networkPolicies) run(ctx context.Context, client dynamic.Interface) {
	changed := make(chan struct{}, 1)
	signal := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	complain := func(err error) { n.trouble.say("network policies", err) }
	pods := watched(client, podsResource, complain)
	_ = pods.SetTransform(trimmedPod)
	namespaces := watched(client, namespacesResource, complain)
	policies := watched(client, networkPoliciesResource, complain)
	for _, informer := range []cache.SharedInformer{pods, namespaces, policies} {
		informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc: func(any) { signal() }, UpdateFunc: func(any, any) { signal() }, DeleteFunc: func(any) { signal() }})
		go informer.RunWithContext(ctx)
	}
	for {
		again := time.Minute
		if pods.HasSynced() && namespaces.HasSynced() && policies.HasSynced() {
			world, err := worldOf(pods, namespaces, policies)
			if err == nil {
				err = n.reconcile(ctx, world)
			}
			if err != nil {
				again = time.Second
				complain(err)
			} else {
				n.trouble.over()
			}
		} else {
			again = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-time.After(again):
			n.applied = "" // whatever else changed the kernel's tables meanwhile
		}
	}
}

// trimmedPod keeps what policies need: every node keeps every pod of the cluster.
func trimmedPod(object any) (any, error) {
	pod, ok := object.(*unstructured.Unstructured)
	if !ok {
		return object, nil
	}
	pod.SetManagedFields(nil)
	pod.SetAnnotations(nil)
	for _, path := range [][]string{{"spec", "volumes"}, {"spec", "affinity"}, {"spec", "tolerations"}, {"spec", "topologySpreadConstraints"},
		{"spec", "initContainers"}, {"status", "containerStatuses"}, {"status", "conditions"}} {
		unstructured.RemoveNestedField(pod.Object, path...)
	}
	containers, _, _ := unstructured.NestedSlice(pod.Object, "spec", "containers")
	for i := range containers {
		if container, ok := containers[i].(map[string]any); ok {
			containers[i] = map[string]any{"name": container["name"], "ports": container["ports"]}
		}
	}
	_ = unstructured.SetNestedSlice(pod.Object, containers, "spec", "containers")
	return pod, nil
}

func worldOf(pods, namespaces, policies cache.SharedInformer) (policyWorld, error) {
	world := policyWorld{namespaces: map[string]labels.Set{}}
	for _, object := range pods.GetStore().List() {
		if pod, ok := policyPodOf(object.(*unstructured.Unstructured)); ok {
			world.pods = append(world.pods, pod)
		}
	}
	for _, object := range namespaces.GetStore().List() {
		namespace := object.(*unstructured.Unstructured)
		world.namespaces[namespace.GetName()] = namespace.GetLabels()
	}
	for _, object := range policies.GetStore().List() {
		var policy networking.NetworkPolicy
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.(*unstructured.Unstructured).Object, &policy); err != nil {
			return world, fmt.Errorf("a policy that cannot be read: %w", err)
		}
		world.policies = append(world.policies, policy)
	}
	return world, nil
}

func (n *networkPolicies) reconcile(ctx context.Context, world policyWorld) error {
	wanted := policyRules(n.node, world, nil)
	if wanted == n.applied {
		return nil
	}
	present, err := n.children.run(ctx, "/usr/sbin/iptables", "-w", "-S")
	if err != nil {
		return err
	}
	// A change that did not get through leaves the file, and the rules that were there.
	if err := os.WriteFile(policyFile, []byte(policyRules(n.node, world, policyChains(present))), 0o600); err != nil {
		return err
	}
	if _, err := n.children.run(ctx, "/usr/sbin/iptables-restore", "-w", "--noflush", policyFile); err != nil {
		return err
	}
	// First in line: kube-proxy accepts what it has masqueraded, and whoever is accepted is asked nothing more.
	if firstForward(present) != policyChain {
		if strings.Contains(present, "\n"+policyJump+"\n") {
			if _, err := n.children.run(ctx, "/usr/sbin/iptables", append([]string{"-w", "-D", "FORWARD"}, jump...)...); err != nil {
				return err
			}
		}
		if _, err := n.children.run(ctx, "/usr/sbin/iptables", append([]string{"-w", "-I", "FORWARD", "1"}, jump...)...); err != nil {
			return err
		}
	}
	n.applied = wanted
	return nil
}

// policyChains are the chains of ours that `iptables -S` lists.
func policyChains(listing string) []string {
	var chains []string
	for _, line := range strings.Split(listing, "\n") {
		if chain, found := strings.CutPrefix(strings.TrimSpace(line), "-N "+policyChain+"-"); found {
			chains = append(chains, policyChain+"-"+chain)
		}
	}
	return chains
}

// firstForward is where the first rule of FORWARD leads.
func firstForward(listing string) string {
	for _, line := range strings.Split(listing, "\n") {
		if strings.HasPrefix(line, "-A FORWARD ") {
			words := strings.Fields(line)
			return words[len(words)-1]
		}
	}
	return ""
}
