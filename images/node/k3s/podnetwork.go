package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
)

const (
	cniFolder = agentFolder + "/etc/cni/net.d"
	cniFile   = cniFolder + "/10-pods.conflist"
	// routeProtocol marks our routes in the kernel's table, so that a restarted node finds those it may remove and never
	// touches anybody else's.
	routeProtocol netlink.RouteProtocol = 76
)

// peer is what the pod network needs to know of a node.
type peer struct {
	name    string
	podCIDR string
	address string
}

// peerOf reads a Node; ok is false while it has no pod network or address yet.
func peerOf(node *unstructured.Unstructured) (p peer, ok bool) {
	p.name = node.GetName()
	p.podCIDR, _, _ = unstructured.NestedString(node.Object, "spec", "podCIDR")
	addresses, _, _ := unstructured.NestedSlice(node.Object, "status", "addresses")
	for _, entry := range addresses {
		if address, isMap := entry.(map[string]any); isMap && address["type"] == "InternalIP" && p.address == "" {
			p.address, _ = address["address"].(string)
		}
	}
	return p, p.podCIDR != "" && p.address != ""
}

// wantedRoutes maps each peer's pod network to the peer's address.
func wantedRoutes(own string, peers []peer) map[string]string {
	routes := map[string]string{}
	for _, p := range peers {
		if p.name != own {
			routes[p.podCIDR] = p.address
		}
	}
	return routes
}

// routeChanges compares what is wanted with what is there (pod network → next hop).
func routeChanges(wanted, present map[string]string) (replace, remove []string) {
	for cidr, via := range wanted {
		if present[cidr] != via {
			replace = append(replace, cidr)
		}
	}
	for cidr := range present {
		if _, still := wanted[cidr]; !still {
			remove = append(remove, cidr)
		}
	}
	sort.Strings(replace)
	sort.Strings(remove)
	return replace, remove
}

// cniConfig is the node's CNI configuration: a bridge with its own /24, and host ports.
func cniConfig(podCIDR string, mtu int) ([]byte, error) {
	bridge := map[string]any{
		"type": "bridge", "bridge": "cni0", "isDefaultGateway": true, "hairpinMode": true,
		// A node that joins again may be given another network; the bridge then still carries the old address.
		"forceAddress": true,
		"ipam":         map[string]any{"type": "host-local", "ranges": [][]map[string]string{{{"subnet": podCIDR}}}},
	}
	if mtu > 0 {
		bridge["mtu"] = mtu
	}
	return json.MarshalIndent(map[string]any{
		"cniVersion": "1.0.0",
		"name":       "pods",
		"plugins": []any{
			bridge,
			map[string]any{"type": "portmap", "capabilities": map[string]bool{"portMappings": true}},
		},
	}, "", "  ")
}

// podNetwork routes pods between nodes the way flannel's host-gw does: a route per peer, kept right while nodes come,
// go, change their address, and while this node's own link goes down and up.
type podNetwork struct {
	node        string
	nodeIP      string
	clusterCIDR string
	serviceCIDR string
	children    *children

	gateway net.IP
	mtu     int
	written string // the pod network that the CNI configuration names

	trouble lastingTrouble
}

// run watches until the node stops. Everything in it is retried: the API server, the links and the peers are exactly
// what a testbed breaks.
func (n *podNetwork) run(ctx context.Context, client dynamic.Interface) {
	n.observeLink()
	if err := n.filter(ctx); err != nil {
		n.complain(err)
	}
	// While the API server is down or restarting, what is routed stays routed.
	informer := watched(client, nodesResource, n.complain)

	changed := make(chan struct{}, 1)
	signal := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { signal() },
		DeleteFunc: func(any) { signal() },
		UpdateFunc: func(before, after any) {
			// Heartbeats change a Node several times a minute and nothing for us.
			a, aok := peerOf(before.(*unstructured.Unstructured))
			b, bok := peerOf(after.(*unstructured.Unstructured))
			if a != b || aok != bok {
				signal()
			}
		},
	})
	go informer.RunWithContext(ctx)
	go followLinks(ctx, signal)

	for {
		again := time.Minute
		if informer.HasSynced() {
			var peers []peer
			for _, object := range informer.GetStore().List() {
				if p, ok := peerOf(object.(*unstructured.Unstructured)); ok {
					peers = append(peers, p)
				}
			}
			if err := n.reconcile(ctx, peers); err != nil {
				again = time.Second
				n.complain(err)
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
		}
	}
}

func (n *podNetwork) complain(err error) { n.trouble.say("pod network", err) }

func (n *podNetwork) reconcile(ctx context.Context, peers []peer) error {
	for _, p := range peers {
		if p.name == n.node && p.podCIDR != n.written {
			config, err := cniConfig(p.podCIDR, n.mtu)
			if err != nil {
				return err
			}
			if err := writeFile(cniFile, config, 0o644); err != nil {
				return err
			}
			n.written = p.podCIDR
			say("pods of this node get addresses from %s", p.podCIDR)
		}
	}
	if err := n.filter(ctx); err != nil {
		return err
	}
	if err := n.restoreGateway(); err != nil {
		return err
	}
	return n.applyRoutes(wantedRoutes(n.node, peers))
}

func (n *podNetwork) applyRoutes(wanted map[string]string) error {
	routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Protocol: routeProtocol}, netlink.RT_FILTER_PROTOCOL)
	if err != nil {
		return err
	}
	present := map[string]string{}
	for _, route := range routes {
		if route.Dst != nil {
			present[route.Dst.String()] = route.Gw.String()
		}
	}
	replace, remove := routeChanges(wanted, present)
	var failed error
	for _, cidr := range replace {
		_, destination, err := net.ParseCIDR(cidr)
		if err != nil {
			failed = err
			continue
		}
		route := &netlink.Route{Dst: destination, Gw: net.ParseIP(wanted[cidr]), Protocol: routeProtocol}
		if err := netlink.RouteReplace(route); err != nil {
			failed = fmt.Errorf("route to %s via %s: %w", cidr, wanted[cidr], err)
		}
	}
	for _, cidr := range remove {
		_, destination, err := net.ParseCIDR(cidr)
		if err != nil {
			failed = err
			continue
		}
		if err := netlink.RouteDel(&netlink.Route{Dst: destination, Protocol: routeProtocol}); err != nil {
			failed = fmt.Errorf("removing the route to %s: %w", cidr, err)
		}
	}
	return failed
}

// filter gives pods the node's address when they talk to anything outside the pod network, and keeps what is meant for a
// service inside: an address that kube-proxy has not turned into an endpoint (yet) would otherwise leave by the default
// route, and whoever answers there would be taken for the service for as long as the connection lives.
func (n *podNetwork) filter(ctx context.Context) error {
	stray := []string{"-d", n.serviceCIDR, "-m", "comment", "--comment", "service without endpoint", "-j", "REJECT"}
	rules := []struct {
		table string
		rule  []string
	}{
		{"nat", []string{"POSTROUTING", "-s", n.clusterCIDR, "!", "-d", n.clusterCIDR, "-m", "comment", "--comment", "pods to the outside", "-j", "MASQUERADE"}},
		{"filter", append([]string{"OUTPUT"}, stray...)},
		{"filter", append([]string{"FORWARD"}, stray...)},
	}
	for _, r := range rules {
		if _, err := n.children.run(ctx, "/usr/sbin/iptables", append([]string{"-w", "-t", r.table, "-C"}, r.rule...)...); err == nil {
			continue
		}
		if _, err := n.children.run(ctx, "/usr/sbin/iptables", append([]string{"-w", "-t", r.table, "-A"}, r.rule...)...); err != nil {
			return err
		}
	}
	return nil
}

// observeLink remembers what the kernel forgets when the node's link goes down: its default gateway.
func (n *podNetwork) observeLink() {
	routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{}, netlink.RT_FILTER_DST)
	if err == nil {
		for _, route := range routes {
			if route.Gw != nil {
				n.gateway = route.Gw
			}
		}
	}
	links, err := netlink.LinkList()
	if err != nil {
		return
	}
	for _, link := range links {
		addresses, _ := netlink.AddrList(link, netlink.FAMILY_V4)
		for _, address := range addresses {
			if address.IP.String() == n.nodeIP {
				n.mtu = link.Attrs().MTU
			}
		}
	}
}

// restoreGateway puts the default route back after the link was down and up again.
func (n *podNetwork) restoreGateway() error {
	if n.gateway == nil {
		return nil
	}
	routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{}, netlink.RT_FILTER_DST)
	if err != nil || len(routes) > 0 {
		return err
	}
	if err := netlink.RouteAdd(&netlink.Route{Gw: n.gateway}); err != nil {
		return fmt.Errorf("default route via %s: %w", n.gateway, err)
	}
	say("pod network: default route via %s restored", n.gateway)
	return nil
}

// followLinks reports every change of a link, and every route of ours that the kernel dropped. The routes of pods coming
// and going are of no interest.
func followLinks(ctx context.Context, changed func()) {
	links := make(chan netlink.LinkUpdate, 64)
	routes := make(chan netlink.RouteUpdate, 64)
	// A burst may overflow the socket; the reconciler's own interval is the safety net.
	ignore := func(error) {}
	if err := netlink.LinkSubscribeWithOptions(links, ctx.Done(), netlink.LinkSubscribeOptions{ErrorCallback: ignore}); err != nil {
		say("pod network: link changes are only seen by polling: %v", err)
	}
	if err := netlink.RouteSubscribeWithOptions(routes, ctx.Done(), netlink.RouteSubscribeOptions{ErrorCallback: ignore}); err != nil {
		say("pod network: route changes are only seen by polling: %v", err)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case update, open := <-links:
			if !open {
				links = nil
				continue
			}
			if update.Link.Type() != "veth" || update.Link.Attrs().MasterIndex == 0 {
				changed()
			}
		case update, open := <-routes:
			if !open {
				routes = nil
				continue
			}
			if update.Type == unix.RTM_DELROUTE && (update.Protocol == routeProtocol || update.Dst == nil) {
				changed()
			}
		}
	}
}

// nodeAddress is the address of the interface with the default route; without one, the first that is not local.
func nodeAddress() (string, error) {
	routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{}, netlink.RT_FILTER_DST)
	if err != nil {
		return "", err
	}
	candidates := []int{}
	for _, route := range routes {
		candidates = append(candidates, route.LinkIndex)
	}
	links, err := netlink.LinkList()
	if err != nil {
		return "", err
	}
	for _, link := range links {
		if link.Attrs().Flags&net.FlagLoopback == 0 && link.Attrs().Name != "cni0" {
			candidates = append(candidates, link.Attrs().Index)
		}
	}
	for _, index := range candidates {
		link, err := netlink.LinkByIndex(index)
		if err != nil {
			continue
		}
		addresses, err := netlink.AddrList(link, netlink.FAMILY_V4)
		if err != nil {
			continue
		}
		for _, address := range addresses {
			if address.IP.IsGlobalUnicast() {
				return address.IP.String(), nil
			}
		}
	}
	return "", fmt.Errorf("the node has no IPv4 address: is it attached to a network? (or give --node-ip)")
}

// forgetPods removes what the pods of the last boot left behind: leases of addresses nobody holds any more, and network
// namespaces that went with the old container. Which address was given last stays known: a new pod must not be handed
// the address of one that clients may still believe to be there.
func forgetPods() error {
	leases, err := filepath.Glob("/var/lib/cni/networks/*/*")
	if err != nil {
		return err
	}
	for _, lease := range leases {
		if !strings.HasPrefix(filepath.Base(lease), "last_reserved_ip") {
			if err := os.RemoveAll(lease); err != nil {
				return err
			}
		}
	}
	for _, folder := range []string{"/var/lib/cni/results", "/var/run/netns", containerdState} {
		entries, _ := os.ReadDir(folder)
		for _, entry := range entries {
			if err := os.RemoveAll(filepath.Join(folder, entry.Name())); err != nil {
				return err
			}
		}
	}
	return os.RemoveAll(cniFile)
}
