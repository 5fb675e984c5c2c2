package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

func veth(index, parent, namespaceID int) netlink.Link {
	return &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "veth", Index: index, ParentIndex: parent, NetNsID: namespaceID}}
}

func TestOnlyTheTrueOtherEndIsACable(t *testing.T) {
	const container = 3
	for _, c := range []struct {
		name            string
		inside, outside netlink.Link
		id              int
		reason          string
	}{
		{"a pair", veth(8, 9, 0), veth(9, 8, container), container, ""},
		{"not a veth inside", &netlink.Macvlan{LinkAttrs: netlink.LinkAttrs{Index: 8, ParentIndex: 9}}, veth(9, 8, container), container, "macvlan, not a veth"},
		{"not a veth outside", veth(8, 9, 0), &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Index: 9, ParentIndex: 8}}, container, "a bridge and not a veth"},
		{"leads elsewhere", veth(8, 9, 0), veth(9, 7, container), container, "another interface"},
		{"same numbers, another container", veth(8, 9, 0), veth(9, 8, 5), container, "another container"},
		{"a namespace that the host does not know", veth(8, 9, 0), veth(9, 8, -1), -1, "another container"},
	} {
		err := ends(c.inside, c.outside, c.id)
		if c.reason == "" && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.reason != "" && (err == nil || !strings.Contains(err.Error(), c.reason)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.reason)
		}
	}
}

// laidCable makes a veth pair between two fresh namespaces, so that the test
// touches no interface of the machine.
func laidCable(t *testing.T) *cable {
	t.Helper()
	runtime.LockOSThread()
	origin, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	host, err := netns.New()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("making network namespaces needs root")
	}
	if err != nil {
		t.Fatal(err)
	}
	container, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := netns.Set(origin); err != nil {
		t.Fatal(err)
	}
	runtime.UnlockOSThread()
	t.Cleanup(func() { origin.Close(); host.Close(); container.Close() })

	hostHandle, err := netlink.NewHandleAt(host, unix.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hostHandle.Close)
	pair := &netlink.Veth{LinkAttrs: netlink.NewLinkAttrs(), PeerName: "eth0", PeerNamespace: netlink.NsFd(container)}
	pair.Name = "vethtest"
	if err := hostHandle.LinkAdd(pair); err != nil {
		t.Fatal(err)
	}
	if err := hostHandle.LinkSetUp(pair); err != nil {
		t.Fatal(err)
	}
	found, err := findCable(42, container, hostHandle, "eth0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(found.close)
	inside, err := found.container.LinkByName("eth0")
	if err != nil {
		t.Fatal(err)
	}
	if err := found.container.LinkSetUp(inside); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestACableIsPulledAndPluggedAsOftenAsAsked(t *testing.T) {
	laid := laidCable(t)
	for _, step := range []struct {
		wanted  position
		changed bool
	}{{down, true}, {down, false}, {up, true}, {up, false}} {
		current, err := laid.host.LinkByIndex(laid.hostEnd.Attrs().Index)
		if err != nil {
			t.Fatal(err)
		}
		laid.hostEnd = current // as a new run of the program would find it
		var out bytes.Buffer
		if err := act([]*cable{laid}, step.wanted, &out); err != nil {
			t.Fatal(err)
		}
		var report linkReport
		if err := json.NewDecoder(&out).Decode(&report); err != nil {
			t.Fatal(err)
		}
		if report.Pid != 42 || report.Interface != "vethtest" || report.State != step.wanted ||
			report.Changed != step.changed || report.Carrier != (step.wanted == up) || report.Announced != (step.wanted == up) {
			t.Errorf("asked for %s: got %+v", step.wanted, report)
		}
	}
}

func TestAnInterfaceThatIsNotThereIsNamed(t *testing.T) {
	laid := laidCable(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	here, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	if _, err := findCable(42, here, laid.host, "eth77"); err == nil || !strings.Contains(err.Error(), "pid 42: interface eth77") {
		t.Errorf("got %v", err)
	}
}
