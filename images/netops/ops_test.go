package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func listening(t *testing.T, answer string) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				if answer == "" {
					io.Copy(io.Discard, connection)
					return
				}
				connection.Read(make([]byte, 64))
				io.WriteString(connection, answer)
			}()
		}
	}()
	return listener.Addr().(*net.TCPAddr).AddrPort()
}

func TestOnlyTheExpectedAnswerIsOK(t *testing.T) {
	for _, c := range []struct{ answers, failure string }{
		{"+PONG\r\n", ""},
		{"-ERR no\r\n", "answered -ERR no"},
		{"", "read: i/o timeout"},
	} {
		one := client{Name: "zone-b cache", Request: []byte("PING\r\n"), Expected: "+PONG", address: listening(t, c.answers)}
		err := one.converse(time.Now().Add(200 * time.Millisecond))
		if (err == nil) != (c.failure == "") || (err != nil && said(err) != c.failure) {
			t.Errorf("%q: got %v", c.answers, err)
		}
	}
}

func TestAClientWhosePodIsGoneShedsOnScheduleUntilItIsStopped(t *testing.T) {
	out, in := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	wanted := `[{"container":"` + someNode + `","pod":"` + someUID + `","name":"zone-b api","to":"127.0.0.1:9",` +
		`"request":"","expected":"x","spacing_millis":20,"deadline_millis":100,"cap":2}]`
	go func() { ended <- runOps(ctx, []string{"--wanted", wanted}, in) }()
	lines := json.NewDecoder(out)
	var before opReport
	for number := range int64(5) {
		var got opReport
		if err := lines.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.Number != number || got.Outcome != "shed" || !strings.Contains(got.Error, "does not run") || got.Sent < got.Scheduled {
			t.Errorf("got %+v", got)
		}
		if number > 0 && got.Scheduled-before.Scheduled != 20e6 {
			t.Errorf("%d ns after the one before, not 20 ms", got.Scheduled-before.Scheduled)
		}
		before = got
	}
	stop()
	go io.Copy(io.Discard, out)
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestAPodsFreezerPassesByWhatHasEnded(t *testing.T) {
	ended := process{pid: 1, groups: map[string]string{"freezer": "/", "": "/kubepods/pod" + someUID}}
	for _, frozen := range []bool{true, false} {
		if err := setFreezer(place{}, []process{ended}, frozen); err != nil {
			t.Errorf("frozen %v: %v", frozen, err)
		}
	}
}
