package main

import (
	"net/netip"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

func pod(namespace, name, node, address string, set labels.Set) policyPod {
	return policyPod{namespace, name, node, netip.MustParseAddr(address), set, []core.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "dns", ContainerPort: 53, Protocol: core.ProtocolUDP}}}
}

func world(t *testing.T, policies string) policyWorld {
	t.Helper()
	w := policyWorld{
		pods: []policyPod{
			pod("aeterna", "api-1", "one", "10.42.1.2", labels.Set{"app": "api"}),
			pod("aeterna", "api-2", "two", "10.42.2.2", labels.Set{"app": "api"}),
			pod("aeterna", "gateway", "zero", "10.42.0.2", labels.Set{"role": "api-gateway"}),
			pod("else", "gateway", "one", "10.42.1.3", labels.Set{"role": "api-gateway"}),
			pod("aeterna", "other", "one", "10.42.1.4", labels.Set{"app": "other"}),
		},
		namespaces: map[string]labels.Set{"aeterna": {"team": "a"}, "else": {"team": "b"}},
	}
	for _, document := range strings.Split(policies, "\n---\n") {
		policy := networking.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "aeterna", Name: "policy"}}
		if err := yaml.UnmarshalStrict([]byte(document), &policy.Spec); err != nil {
			t.Fatal(err)
		}
		w.policies = append(w.policies, policy)
	}
	return w
}

// let are the matches of the rules that let something through in a pod's chain, in order; the pod's own excepted.
func let(t *testing.T, w policyWorld, node string, p policyPod, way direction) []string {
	t.Helper()
	var matches []string
	refused := false
	for _, line := range strings.Split(policyRules(node, w, nil), "\n") {
		rule, ours := strings.CutPrefix(line, "-A "+chainOf(p, way)+" ")
		switch {
		case !ours:
		case strings.Contains(rule, "-j REJECT"):
			refused = true
		case refused:
			t.Errorf("%q comes after everything was refused", line)
		default:
			match, _, commented := strings.Cut(rule, " -m comment")
			if commented {
				matches = append(matches, match)
			}
		}
	}
	if !refused {
		t.Errorf("nothing is refused to %s", p.name)
	}
	return matches
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const onlyTheGateway = `
podSelector: {matchLabels: {app: api}}
policyTypes: [Ingress]
ingress:
  - from: [{podSelector: {matchLabels: {role: api-gateway}}}]
    ports: [{protocol: TCP, port: 8080}]
`

func TestANodeRefusesForItsOwnPodsAlone(t *testing.T) {
	w := world(t, onlyTheGateway)
	rules := policyRules("one", w, nil)
	if !strings.Contains(rules, "-d 10.42.1.2/32") || strings.Contains(rules, "-d 10.42.2.2/32") || strings.Contains(rules, "-d 10.42.1.4/32") {
		t.Error(rules)
	}
	if idle := policyRules("zero", w, nil); strings.Contains(idle, "REJECT") || !strings.Contains(idle, ":NETPOL - [0:0]") {
		t.Errorf("a node without a selected pod refuses something, or keeps yesterday's rules:\n%s", idle)
	}
	if rules != policyRules("one", w, nil) {
		t.Error("the same state makes other rules: the kernel would be given them again and again")
	}
}

func TestConnectionsThatAreThereStay(t *testing.T) {
	rules := strings.Split(policyRules("one", world(t, onlyTheGateway), nil), "\n")
	for _, line := range rules {
		if strings.HasPrefix(line, "-A ") {
			if line != "-A NETPOL -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN" {
				t.Errorf("asked first: %q", line)
			}
			return
		}
	}
	t.Error("no rules")
}

func TestPeers(t *testing.T) {
	for name, c := range map[string]struct {
		from string
		want []string
	}{
		"pods of the same namespace":    {`[{podSelector: {matchLabels: {role: api-gateway}}}]`, []string{"-s 10.42.0.2/32"}},
		"pods of another":               {`[{podSelector: {matchLabels: {role: api-gateway}}, namespaceSelector: {matchLabels: {team: b}}}]`, []string{"-s 10.42.1.3/32"}},
		"all pods of another":           {`[{namespaceSelector: {matchLabels: {team: b}}}]`, []string{"-s 10.42.1.3/32"}},
		"either":                        {`[{podSelector: {matchLabels: {app: other}}}, {namespaceSelector: {matchLabels: {team: b}}}]`, []string{"-s 10.42.1.4/32", "-s 10.42.1.3/32"}},
		"nobody there":                  {`[{podSelector: {matchLabels: {app: nobody}}}]`, nil},
		"a block":                       {`[{ipBlock: {cidr: 192.0.2.0/24}}]`, []string{"-s 192.0.2.0/24"}},
		"a block with a hole":           {`[{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.64/26]}}]`, []string{"-s 192.0.2.0/26", "-s 192.0.2.128/25"}},
		"a block that is all hole":      {`[{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.0.0/16]}}]`, nil},
		"a block of the other protocol": {`[{ipBlock: {cidr: "fd00::/8"}}]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t, "podSelector: {matchLabels: {app: api}}\npolicyTypes: [Ingress]\ningress: [{from: "+c.from+"}]")
			equal(t, let(t, w, "one", w.pods[0], ingress), c.want...)
		})
	}
}

func TestEverybodyAndNobody(t *testing.T) {
	everybody := world(t, "podSelector: {}\npolicyTypes: [Ingress]\ningress: [{}]")
	for _, match := range let(t, everybody, "one", everybody.pods[0], ingress) {
		if match != "" && !strings.HasPrefix(match, "-m comment") {
			t.Errorf("%q", match)
		}
	}
	if rules := policyRules("one", everybody, nil); !strings.Contains(rules, "-A "+chainOf(everybody.pods[0], ingress)+" -m comment --comment \"aeterna/policy\" -j RETURN") {
		t.Error(rules)
	}
	nobody := world(t, "podSelector: {}\npolicyTypes: [Ingress]")
	equal(t, let(t, nobody, "one", nobody.pods[0], ingress))
}

func TestPorts(t *testing.T) {
	for name, c := range map[string]struct {
		ports string
		want  []string
	}{
		"a number":       {`[{protocol: TCP, port: 8080}]`, []string{"-p tcp --dport 8080"}},
		"a range":        {`[{port: 8000, endPort: 8100}]`, []string{"-p tcp --dport 8000:8100"}},
		"a name":         {`[{port: http}]`, []string{"-p tcp --dport 8080"}},
		"a name of UDP":  {`[{protocol: UDP, port: dns}]`, []string{"-p udp --dport 53"}},
		"another's name": {`[{protocol: TCP, port: dns}]`, nil},
		"a protocol":     {`[{protocol: UDP}]`, []string{"-p udp"}},
		"several":        {`[{port: 1}, {port: 2}]`, []string{"-p tcp --dport 1", "-p tcp --dport 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t, "podSelector: {matchLabels: {app: api}}\npolicyTypes: [Ingress]\ningress: [{ports: "+c.ports+"}]")
			equal(t, let(t, w, "one", w.pods[0], ingress), c.want...)
		})
	}
}

func TestWhatPodsMayReach(t *testing.T) {
	w := world(t, `
podSelector: {matchLabels: {app: other}}
policyTypes: [Egress]
egress:
  - to: [{podSelector: {matchLabels: {app: api}}}]
    ports: [{port: http}]
`)
	equal(t, let(t, w, "one", w.pods[4], egress), "-d 10.42.1.2/32 -p tcp --dport 8080", "-d 10.42.2.2/32 -p tcp --dport 8080")
	if rules := policyRules("one", w, nil); strings.Contains(rules, chainOf(w.pods[4], ingress)) {
		t.Error("a policy of what goes out refuses what comes in")
	}
}

func TestTwoPoliciesAllowWhatEitherDoes(t *testing.T) {
	w := world(t, onlyTheGateway+"\n---\npodSelector: {}\npolicyTypes: [Ingress]\ningress: [{ports: [{port: 9090}]}]")
	equal(t, let(t, w, "one", w.pods[0], ingress), "-s 10.42.0.2/32 -p tcp --dport 8080", "-p tcp --dport 9090")
	equal(t, let(t, w, "one", w.pods[4], ingress), "-p tcp --dport 9090")
}

func TestChainsOfPodsThatAreGoneAreRemoved(t *testing.T) {
	w := world(t, onlyTheGateway)
	kept := chainOf(w.pods[0], ingress)
	stale := policyChains("-P INPUT ACCEPT\n-N KUBE-FORWARD\n-N NETPOL\n-N " + kept + "\n-N NETPOL-Igone\n-A FORWARD -j NETPOL\n")
	if len(stale) != 2 {
		t.Fatalf("%q", stale)
	}
	rules := policyRules("one", w, stale)
	if !strings.Contains(rules, "\n:NETPOL-Igone - [0:0]\n") || !strings.HasSuffix(rules, "-X NETPOL-Igone\nCOMMIT\n") || strings.Contains(rules, "-X "+kept) {
		t.Error(rules)
	}
	if len(kept) > 28 {
		t.Errorf("%s is longer than the kernel lets a chain be called", kept)
	}
}

func TestWhoComesFirst(t *testing.T) {
	if got := firstForward("-P FORWARD ACCEPT\n-A INPUT -j X\n-A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL\n-A FORWARD -j NETPOL\n"); got != "KUBE-PROXY-FIREWALL" {
		t.Errorf("%q", got)
	}
	if got := firstForward("-P FORWARD ACCEPT\n-A FORWARD -j NETPOL\n"); got != policyChain {
		t.Errorf("%q", got)
	}
}

func podObject(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	var object unstructured.Unstructured
	content, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	// Numbers as the API server's answers are read: whole ones.
	if err := object.UnmarshalJSON(content); err != nil {
		t.Fatal(err)
	}
	return &object
}

func TestPodsThatPoliciesHold(t *testing.T) {
	text := `{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ns, labels: {a: b}, annotations: {much: text}},
		spec: {nodeName: one, volumes: [{name: v}], containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}, {name: d}]},
		status: {podIP: 10.42.1.2, phase: Running, conditions: [{type: Ready, status: "True"}]}}`
	trimmed, err := trimmedPod(podObject(t, text))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := policyPodOf(trimmed.(*unstructured.Unstructured))
	if !ok || p.namespace != "ns" || p.node != "one" || p.labels["a"] != "b" || len(p.ports) != 1 || p.ports[0].Name != "http" || p.address.String() != "10.42.1.2" {
		t.Errorf("%+v %v", p, ok)
	}
	for _, other := range []string{strings.Replace(text, "Running", "Succeeded", 1), strings.Replace(text, "podIP: 10.42.1.2, ", "", 1),
		strings.Replace(text, "nodeName: one", "hostNetwork: true", 1)} {
		if p, ok := policyPodOf(podObject(t, other)); ok {
			t.Errorf("%+v passes for one that a policy can hold", p)
		}
	}
}
