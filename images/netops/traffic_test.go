package main

import (
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/vishvananda/netns"
)

// freshNetwork is a namespace that nobody else sees.
func freshNetwork(t *testing.T) netns.NsHandle {
	t.Helper()
	runtime.LockOSThread()
	origin, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	space, err := netns.New()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("making network namespaces needs root")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := netns.Set(origin); err != nil {
		t.Fatal(err)
	}
	runtime.UnlockOSThread()
	t.Cleanup(func() { origin.Close(); space.Close() })
	return space
}

func TestRulesOfEveryActAreTakenByTheKernelAndGoWithTheirTable(t *testing.T) {
	space := freshNetwork(t)
	conn, err := nftables.New(nftables.WithNetNSFd(int(space)))
	if err != nil {
		t.Fatal(err)
	}
	wanted := []rule{
		{Hook: "in", From: "10.1.0.0/16", Act: "drop"},
		{Hook: "out", To: "10.2.0.0/24", Protocol: "udp", Port: 53, Act: "lose", PerTenThousand: 2500},
		{Hook: "out", To: "10.3.0.1/32", Act: "queue", Queue: 7},
		{Hook: "out", From: "10.4.0.0/24", To: "10.5.0.0/24", Act: "classify"},
	}
	if err := addRules(conn, "abcd", wanted); err != nil {
		t.Fatal(err)
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	tables, err := conn.ListTablesOfFamily(nftables.TableFamilyIPv4)
	if err != nil || len(tables) != 1 || tables[0].Name != "aeterna-chaos-abcd" {
		t.Fatalf("got %v, %v", tables, err)
	}
	rules := 0
	for _, hook := range []string{"in", "out"} {
		found, err := conn.GetRules(tables[0], &nftables.Chain{Name: "AETERNA-CHAOS-" + hook, Table: tables[0]})
		if err != nil {
			t.Fatal(err)
		}
		rules += len(found)
	}
	if rules != len(wanted) {
		t.Errorf("got %d rules, want %d", rules, len(wanted))
	}
	conn.DelTable(tables[0])
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	if left, err := conn.ListTablesOfFamily(nftables.TableFamilyIPv4); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestANetworkIsMatchedByItsPrefix(t *testing.T) {
	got, err := matchNetwork("10.42.7.9/24", 12)
	if err != nil {
		t.Fatal(err)
	}
	mask := got[1].(*expr.Bitwise).Mask
	network := got[2].(*expr.Cmp).Data
	if binary.BigEndian.Uint32(mask) != 0xffffff00 || network[2] != 7 || network[3] != 0 {
		t.Errorf("got mask %v and network %v", mask, network)
	}
}

func TestRulesThatMeanNothingAreRefused(t *testing.T) {
	for _, c := range []struct {
		rule   rule
		reason string
	}{
		{rule{Hook: "out", Act: "bend"}, `"bend" is none of`},
		{rule{Hook: "out", To: "10.0.0.0/33", Act: "drop"}, "is no IPv4 network"},
		{rule{Hook: "out", To: "fd00::/8", Act: "drop"}, "is no IPv4 network"},
		{rule{Hook: "out", Protocol: "icmp", Act: "drop"}, "is no protocol"},
		{rule{Hook: "out", Act: "lose"}, "cannot be lost"},
		{rule{Hook: "out", Act: "lose", PerTenThousand: 10_001}, "cannot be lost"},
	} {
		if _, err := c.rule.expressions(); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%+v: got %v, want %q", c.rule, err, c.reason)
		}
	}
}
