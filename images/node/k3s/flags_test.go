package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func environment(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

func TestServerFlagsInBothForms(t *testing.T) {
	o, err := parse([]string{"server", "--tls-san=a.example,10.0.0.1", "--tls-san", "b.example", "--disable=traefik", "--disable", "servicelb",
		"--kubelet-arg=max-pods=33", "--kubelet-arg", "feature-gates=A=true,B=false", "-t", "secret", "--kube-controller-arg=v=2",
		"--kube-controller-manager-arg=node-monitor-grace-period=15s"}, environment())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a.example", "10.0.0.1", "b.example"}; !reflect.DeepEqual(o.tlsSANs, want) {
		t.Errorf("tls-san = %q, want %q", o.tlsSANs, want)
	}
	if want := []string{"max-pods=33", "feature-gates=A=true,B=false"}; !reflect.DeepEqual(o.kubeletArgs, want) {
		t.Errorf("kubelet-arg = %q, want %q: a comma belongs to the value", o.kubeletArgs, want)
	}
	if want := []string{"v=2", "node-monitor-grace-period=15s"}; !reflect.DeepEqual(o.controllerArgs, want) {
		t.Errorf("kube-controller-manager-arg = %q, want %q: the alias adds to it", o.controllerArgs, want)
	}
	if !o.server || o.token != "secret" || o.clusterDNS != "10.43.0.10" || len(o.warnings) != 0 {
		t.Errorf("unexpected %+v", o)
	}
}

func TestEnvironmentIsTheDefaultAndTheCommandLineWins(t *testing.T) {
	env := environment("K3S_URL", "https://server", "K3S_TOKEN", "from-env", "K3S_NODE_NAME", "one")
	o, err := parse([]string{"agent", "--node-name=two"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if o.serverURL != "https://server:6443" || o.token != "from-env" || o.nodeName != "two" {
		t.Errorf("unexpected %+v", o)
	}
}

func TestTokenFromFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := parse([]string{"server", "--token-file", file}, environment())
	if err != nil || o.token != "secret" {
		t.Errorf("token %q, error %v", o.token, err)
	}
}

func TestClusterDNSFollowsTheServiceNetwork(t *testing.T) {
	o, err := parse([]string{"server", "--service-cidr=10.61.0.0/16"}, environment())
	if err != nil || o.clusterDNS != "10.61.0.10" {
		t.Errorf("cluster-dns %q, error %v", o.clusterDNS, err)
	}
}

func TestRefusedCommandLinesNameTheCulprit(t *testing.T) {
	url := "--server=https://server:6443"
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "no command"},
		{[]string{"etcd-snapshot"}, `"etcd-snapshot"`},
		{[]string{"server", "--frobnicate"}, "--frobnicate"},
		{[]string{"server", "--server=https://other:6443"}, "--server"},
		{[]string{"server", "stray"}, `"stray"`},
		{[]string{"server", "--cluster-cidr=10.42.0.0"}, "--cluster-cidr=10.42.0.0"},
		{[]string{"server", "--cluster-dns=dns"}, "--cluster-dns=dns"},
		{[]string{"server", "--snapshotter=zfs"}, "--snapshotter=zfs"},
		{[]string{"server", "--node-taint=edge"}, "--node-taint=edge"},
		{[]string{"server", "--kubelet-arg=--max-pods=3"}, "--kubelet-arg=--max-pods=3"},
		{[]string{"agent", "--token=x"}, "--server"},
		{[]string{"agent", url}, "--token"},
		{[]string{"agent", "--token=x", "--server=server:6443"}, "--server=server:6443"},
		{[]string{"agent", "--token=x", url, "--node-ip=eth0"}, "--node-ip=eth0"},
		{[]string{"agent", "--token=x", url, "--tls-san=a"}, "--tls-san"},
	} {
		if _, err := parse(c.args, environment()); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: error %v does not name %s", c.args, err, c.says)
		}
	}
}

func TestUnsupportedPodNetworkIsAWarning(t *testing.T) {
	o, err := parse([]string{"server", "--flannel-backend=vxlan"}, environment())
	if err != nil || len(o.warnings) != 1 || !strings.Contains(o.warnings[0], "vxlan") {
		t.Errorf("warnings %q, error %v", o.warnings, err)
	}
}

func TestTheUsersArgumentsReplaceOurs(t *testing.T) {
	got := arguments([]flag{{"v", "1"}, {"proxy-mode", "iptables"}}, []string{"v=4", "feature-gates=A=true", "feature-gates=B=true"})
	want := []string{"--proxy-mode=iptables", "--v=4", "--feature-gates=A=true", "--feature-gates=B=true"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTakeRemovesEveryOccurrence(t *testing.T) {
	value, rest := take([]string{"config=/a", "v=2", "config=/b"}, "config")
	if value != "/b" || !reflect.DeepEqual(rest, []string{"v=2"}) {
		t.Errorf("got %q and %q", value, rest)
	}
}

func TestNthAddressCarries(t *testing.T) {
	for _, c := range []struct {
		cidr string
		n    int
		want string
	}{{"10.43.0.0/16", 1, "10.43.0.1"}, {"10.43.0.0/16", 260, "10.43.1.4"}, {"10.43.255.250/8", 7, "10.0.0.7"}, {"10.0.255.248/29", 10, "10.1.0.2"}} {
		if got := nthAddress(c.cidr, c.n).String(); got != c.want {
			t.Errorf("%s: address %d is %s, want %s", c.cidr, c.n, got, c.want)
		}
	}
}
