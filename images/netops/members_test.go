package main

import (
	"strings"
	"testing"
)

const (
	someNode = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	someID   = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
	someUID  = "12345678-1234-1234-1234-123456789abc"
)

func TestAProcessIsKnownByThePathsThatKubeletsWrite(t *testing.T) {
	for _, c := range []struct{ path, pod, member string }{
		{"/docker/" + someNode, "", ""},
		{"/docker/" + someNode + "/kubepods/burstable/pod" + someUID + "/" + someID, someUID, someID},
		{"/docker/" + someNode + "/kubepods/pod" + someUID + "/" + someID + "/below", someUID, someID},
		{"/system.slice/docker-" + someNode + ".scope/kubelet/kubepods.slice/kubepods-pod" +
			strings.ReplaceAll(someUID, "-", "_") + ".slice/cri-containerd-" + someID + ".scope", someUID, someID},
	} {
		p := process{groups: map[string]string{"freezer": c.path}}
		if p.podOf() != c.pod || p.memberOf() != c.member {
			t.Errorf("%s: got pod %q, member %q", c.path, p.podOf(), p.memberOf())
		}
	}
}

func TestThePodIsFrozenAndNotOneContainerOfIt(t *testing.T) {
	want := "/docker/" + someNode + "/kubepods/burstable/pod" + someUID
	if got := podGroup(want + "/" + someID); got != want {
		t.Errorf("got %s", got)
	}
	want = "/kubepods.slice/kubepods-pod" + strings.ReplaceAll(someUID, "-", "_") + ".slice"
	if got := podGroup(want + "/cri-containerd-" + someID + ".scope"); got != want {
		t.Errorf("got %s", got)
	}
}

func TestOnlyWhatDoesNotMoveIsHeld(t *testing.T) {
	for _, c := range []struct {
		name        string
		before, now stillness
		held        bool
	}{
		{"runs", stillness{"S", "futex_do_wait", "1"}, stillness{"S", "futex_do_wait", "1"}, false},
		{"frozen where it slept", stillness{"D", "futex_do_wait", "1"}, stillness{"D", "futex_do_wait", "1"}, true},
		{"waits for one disk after another", stillness{"D", "io", "1"}, stillness{"D", "io", "2"}, false},
		{"woke from a disk", stillness{"D", "io", "1"}, stillness{"S", "", "1"}, false},
		{"in the freezer's trap", stillness{"S", "x", "1"}, stillness{"S", "do_freezer_trap", "1"}, true},
		{"stopped by a signal", stillness{"S", "x", "1"}, stillness{"T", "do_signal_stop", "1"}, true},
	} {
		if got := c.before.held(c.now); got != c.held {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
