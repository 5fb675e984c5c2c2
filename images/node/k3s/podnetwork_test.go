package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func nodeObject(name, cidr string, addresses ...string) *unstructured.Unstructured {
	list := []any{map[string]any{"type": "Hostname", "address": name}}
	for _, address := range addresses {
		list = append(list, map[string]any{"type": "InternalIP", "address": address})
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"metadata": map[string]any{"name": name},
		"spec":     map[string]any{"podCIDR": cidr},
		"status":   map[string]any{"addresses": list},
	}}
}

func TestPeerOf(t *testing.T) {
	if p, ok := peerOf(nodeObject("one", "10.42.1.0/24", "172.30.0.11", "fd00::1")); !ok || p != (peer{"one", "10.42.1.0/24", "172.30.0.11"}) {
		t.Errorf("got %+v %v", p, ok)
	}
	for _, unfinished := range []*unstructured.Unstructured{nodeObject("one", "", "172.30.0.11"), nodeObject("one", "10.42.1.0/24"), {Object: map[string]any{}}} {
		if p, ok := peerOf(unfinished); ok {
			t.Errorf("%+v passed for complete", p)
		}
	}
}

func TestRoutesFollowThePeers(t *testing.T) {
	wanted := wantedRoutes("me", []peer{{"me", "10.42.0.0/24", "172.30.0.10"}, {"same", "10.42.1.0/24", "172.30.0.11"},
		{"moved", "10.42.2.0/24", "172.30.0.99"}, {"new", "10.42.3.0/24", "172.30.0.13"}})
	present := map[string]string{"10.42.1.0/24": "172.30.0.11", "10.42.2.0/24": "172.30.0.12", "10.42.9.0/24": "172.30.0.19"}
	replace, remove := routeChanges(wanted, present)
	if want := []string{"10.42.2.0/24", "10.42.3.0/24"}; !reflect.DeepEqual(replace, want) {
		t.Errorf("replace %q, want %q", replace, want)
	}
	if want := []string{"10.42.9.0/24"}; !reflect.DeepEqual(remove, want) {
		t.Errorf("remove %q, want %q", remove, want)
	}
	if replace, remove := routeChanges(wanted, wanted); replace != nil || remove != nil {
		t.Errorf("a settled network is touched: %q %q", replace, remove)
	}
}

func TestCNIConfig(t *testing.T) {
	content, err := cniConfig("10.42.3.0/24", 1450)
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Plugins []struct {
			Type        string
			MTU         int
			HairpinMode bool
			IPAM        struct{ Ranges [][]struct{ Subnet string } }
		}
	}
	if err := json.Unmarshal(content, &config); err != nil {
		t.Fatal(err)
	}
	bridge := config.Plugins[0]
	if bridge.Type != "bridge" || bridge.MTU != 1450 || !bridge.HairpinMode || bridge.IPAM.Ranges[0][0].Subnet != "10.42.3.0/24" || config.Plugins[1].Type != "portmap" {
		t.Errorf("%s", content)
	}
	if content, _ := cniConfig("10.42.3.0/24", 0); strings.Contains(string(content), "mtu") {
		t.Error("an unknown MTU is written as 0")
	}
}

func TestPodResolvConf(t *testing.T) {
	content, upstream := podResolvConf("search example\nnameserver 127.0.0.11\nnameserver 127.0.0.12\noptions ndots:0\n")
	if upstream != "127.0.0.11" || content != "search example\nnameserver "+dnsAddress+"\noptions ndots:0\n" {
		t.Errorf("upstream %q:\n%s", upstream, content)
	}
	if _, upstream := podResolvConf("nameserver 10.0.0.1\n"); upstream != "" {
		t.Errorf("a resolver that pods can reach is relayed: %s", upstream)
	}
}

func TestOwnCgroup(t *testing.T) {
	hybrid := "9:name=systemd:/\n4:cpuset,memory:/docker/abc\n0::/other\n"
	if path, err := ownCgroup(hybrid, false); err != nil || path != "/docker/abc" {
		t.Errorf("v1: %q %v", path, err)
	}
	for _, line := range []string{"0::/system.slice/docker-abc.scope\n", "0::/system.slice/docker-abc.scope/init\n"} {
		if path, err := ownCgroup(line, true); err != nil || path != "/system.slice/docker-abc.scope" {
			t.Errorf("v2: %q %v", path, err)
		}
	}
	if _, err := ownCgroup("1:cpu:/\n", false); err == nil {
		t.Error("no memory controller, no error")
	}
}
