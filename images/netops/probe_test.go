package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestAnOpenPortIsReachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	got := probe(netip.MustParseAddrPort(listener.Addr().String()), time.Second)
	if !got.Reachable || got.Outcome != connected || got.Error != "" {
		t.Errorf("got %+v", got)
	}
}

func TestAClosedPortIsRefusedAndOthersAreStillProbed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	var out bytes.Buffer
	if err := runProbe([]string{"--connect", address, "--connect", address, "--timeout", "1s"}, &out); err != nil {
		t.Fatal(err)
	}
	lines := json.NewDecoder(&out)
	for range 2 {
		var got probeReport
		if err := lines.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.Reachable || got.Outcome != refused || got.Address != address {
			t.Errorf("got %+v", got)
		}
	}
}

// A listener that accepts nothing and whose backlog is full answers no new
// connection, as a machine does that lost its cable.
func TestSilenceIsATimeout(t *testing.T) {
	address := silentListener(t)
	began := time.Now()
	got := probe(address, 100*time.Millisecond)
	if got.Reachable || got.Outcome != timedOut {
		t.Errorf("got %+v", got)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
}
