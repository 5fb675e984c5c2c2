package main

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestLinkRequestIsReadFromTheCommandLine(t *testing.T) {
	got, err := parseLink([]string{"down", "--container-pid", "12", "--pid=34", "--interface", "eth1"})
	if err != nil {
		t.Fatal(err)
	}
	if want := (linkRequest{wanted: down, pids: []int{12, 34}, interfaceName: "eth1"}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestStateAsksForNoChange(t *testing.T) {
	got, err := parseLink([]string{"state", "--pid", "12"})
	if err != nil {
		t.Fatal(err)
	}
	if got.wanted != "" || got.interfaceName != "eth0" {
		t.Errorf("got %+v", got)
	}
}

func TestSkewRunsFromTheFirstQuestionToTheLastConfirmation(t *testing.T) {
	got := summarize([]linkReport{
		{Changed: true, AskedUnixNanos: 1_000, AtUnixNanos: 1_400},
		{Changed: false, AskedUnixNanos: 1_450, AtUnixNanos: 1_500},
		{Changed: true, AskedUnixNanos: 1_550, AtUnixNanos: 1_900},
	})
	if want := (linkSummary{Targets: 3, Changed: 2, SkewNanos: 900}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestOneTargetHasNoSkew(t *testing.T) {
	if got := summarize([]linkReport{{AskedUnixNanos: 1_000, AtUnixNanos: 1_400}}); got.SkewNanos != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestReportsKeepTheirFieldNames(t *testing.T) {
	line, err := json.Marshal(linkReport{Pid: 7, Interface: "veth1", State: down, Changed: true, AskedUnixNanos: 1, AtUnixNanos: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"pid":7,"interface":"veth1","state":"down","changed":true,"carrier":false,"frozen":false,"asked_unix_nanos":1,"at_unix_nanos":2}`
	if string(line) != want {
		t.Errorf("got %s, want %s", line, want)
	}
}
