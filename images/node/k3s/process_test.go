package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// collector is shared: it takes the exits of all children of this process, as process 1 does.
var collector = newChildren()

func TestRunReturnsOutputAndTheLastWordsOfAFailure(t *testing.T) {
	c := collector
	if output, err := c.run(context.Background(), "/bin/echo", "hello"); err != nil || output != "hello\n" {
		t.Errorf("%q %v", output, err)
	}
	_, err := c.run(context.Background(), "/bin/sh", "-c", "echo first; echo why >&2; exit 3")
	if err == nil || !strings.Contains(err.Error(), "exit status 3: why") {
		t.Errorf("error %v", err)
	}
	if _, err := c.run(context.Background(), "/no/such/program"); err == nil {
		t.Error("a missing program is no error")
	}
}

func TestManyShortChildrenAreNeverLost(t *testing.T) {
	c := collector
	done := make(chan error, 64)
	for range cap(done) {
		go func() {
			_, err := c.run(context.Background(), "/bin/true")
			done <- err
		}()
	}
	for range cap(done) {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("a child's exit was not reported")
		}
	}
}

func TestACancelledCommandIsKilled(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	started := time.Now()
	if _, err := collector.run(ctx, "/bin/sleep", "30"); err == nil || time.Since(started) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(started), err)
	}
}

func TestAProgramIsStoppedInOrderOrKilledAfterItsGrace(t *testing.T) {
	for name, script := range map[string]string{
		"orderly":  `trap "exit 0" TERM; echo up > "$1"; while :; do sleep 0.05; done`,
		"stubborn": `trap "" TERM; echo up > "$1"; while :; do sleep 0.05; done`,
	} {
		up := filepath.Join(t.TempDir(), "up")
		p := &program{name: "test-" + name, path: "/bin/sh", grace: 300 * time.Millisecond, args: func() []string { return []string{"-c", script, "sh", up} }}
		defer os.Remove("/var/log/test-" + name + ".log")
		collector.keepRunning(p)
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(up); err == nil {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal(name, "did not start")
			}
		}
		ended := make(chan struct{})
		go func() { p.end(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			t.Fatal(name, "did not end")
		}
	}
}

func TestALogDoesNotGrowBeyondItsSize(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.log")
	log, err := openLog(name, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		fmt.Fprintf(log, "line %02d\n", i)
	}
	if got := log.lastWords(); got != "line 49" {
		t.Errorf("last words %q", got)
	}
	log.Close()
	for _, file := range []string{name, name + ".1"} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 || info.Size() > 100 {
			t.Errorf("%s: %v %v", file, info, err)
		}
	}
	again, err := openLog(name, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if before, _ := os.ReadFile(name); again.size != int64(len(before)) {
		t.Errorf("a reopened log counts from %d, holds %d", again.size, len(before))
	}
}

func TestDNSRelay(t *testing.T) {
	upstream, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer upstream.Close()
	go func() {
		buffer := make([]byte, 512)
		for {
			n, from, err := upstream.ReadFrom(buffer)
			if err != nil {
				return
			}
			upstream.WriteTo(append([]byte("re:"), buffer[:n]...), from)
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := free.LocalAddr().String()
	free.Close()
	if err := relayDNS(ctx, listen, upstream.LocalAddr().String()); err != nil {
		t.Fatal(err)
	}
	if answer, err := ask(listen, []byte("query")); err != nil || string(answer) != "re:query" {
		t.Errorf("%q %v", answer, err)
	}
}

func TestPauseArchiveIsAnImage(t *testing.T) {
	folder := t.TempDir()
	program, archive := filepath.Join(folder, "pause"), filepath.Join(folder, "pause.tar")
	if err := os.WriteFile(program, []byte("binary"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writePauseArchive(program, archive); err != nil {
		t.Fatal(err)
	}
	list, err := collector.run(context.Background(), "/bin/tar", "-tf", archive)
	if err != nil || list != "config.json\nlayer.tar\nmanifest.json\n" {
		t.Errorf("%s %v", list, err)
	}
}
