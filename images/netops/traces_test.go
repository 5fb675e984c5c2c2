package main

import (
	"os"
	"slices"
	"testing"
)

func TestTheMarkIsFoundWhereverItStands(t *testing.T) {
	message := []byte("\x01\x00comment\x00aeterna-chaos: cut zone-b\x00\x00AETERNA-CHAOS-IN\x00tail")
	want := []string{"aeterna-chaos: cut zone-b", "AETERNA-CHAOS-IN"}
	if got := marked(message); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := marked([]byte("aeterna-postgres KUBE-FIREWALL")); got != nil {
		t.Errorf("got %q from rules that are not ours", got)
	}
}

func TestACommandThatLooksLikeAStateIsNone(t *testing.T) {
	if got := stateIn("12 (a) T (b) S 1 12"); got != "S" {
		t.Errorf("got %q", got)
	}
	if got := stateIn("12 (sleep) T 1 12"); got != "T" {
		t.Errorf("got %q", got)
	}
}

func TestAMountIsReadWithAndWithoutOptionalFields(t *testing.T) {
	for line, want := range map[string][2]string{
		"36 35 98:0 / /data rw,noatime shared:1 - ext4 /dev/loop3 rw": {"/data", "/dev/loop3"},
		"36 35 98:0 / /data rw - ext4 /dev/vda1 rw":                   {"/data", "/dev/vda1"},
		"": {"", ""},
	} {
		if point, source := mountOf(line); point != want[0] || source != want[1] {
			t.Errorf("%q: got %q from %q", line, point, source)
		}
	}
}

func TestOnlyGroupsBelowTheNodesOwnCount(t *testing.T) {
	for group, want := range map[string]bool{
		"/docker/abc":               false,
		"/docker/abc/kubepods/pod1": true,
		"/docker/abcd":              false,
		"/docker/other/kubepods":    false,
		"/":                         false,
	} {
		if got := below(group, "abc"); got != want {
			t.Errorf("%s: got %v", group, got)
		}
	}
}

func TestOurOwnCommandIsKnown(t *testing.T) {
	if got := commandOf(os.Getpid()); got == "" {
		t.Error("no command")
	}
	if got := stateOf(os.Getpid()); got != "R" && got != "S" {
		t.Errorf("state %q", got)
	}
	if got := clockOffset(os.Getpid()); got != "" {
		t.Errorf("our clock is %s", got)
	}
}
