package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

func TestEveryQuestionGetsItsOwnEndAndServeEndsWithItsInput(t *testing.T) {
	in, questions := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- serve(in, out) }()
	lines := bufio.NewScanner(answers)
	for _, c := range []struct {
		asked string
		code  int
		said  string
	}{
		{`{"id":7,"arguments":["cut"]}`, exitUsage, `unknown command "cut"`},
		{`{"id":8,"arguments":["power","off","--container-pid","4194999"]}`, exitFailed, "pid 4194999"},
		{`{"id":9,"arguments":["reach","--wanted","[]"]}`, exitOK, ""},
		{`{"id":10}`, exitUsage, "no command given"},
	} {
		io.WriteString(questions, c.asked+"\n")
		if !lines.Scan() {
			t.Fatalf("%s: no answer", c.asked)
		}
		var got answer
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if !got.Ended || got.Code != c.code || !strings.Contains(got.Trouble, c.said) || got.MonotonicNanos == 0 {
			t.Errorf("%s: got %+v", c.asked, got)
		}
		if !strings.HasPrefix(c.asked, fmt.Sprintf(`{"id":%d`, got.ID)) {
			t.Errorf("%s: the answer is to %d", c.asked, got.ID)
		}
	}
	questions.Close()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestWhatACommandPrintsComesLineByLineBeforeItsEnd(t *testing.T) {
	var out strings.Builder
	s := &server{out: json.NewEncoder(&out)}
	lines := json.NewEncoder(&sayer{server: s, id: 3})
	lines.Encode(map[string]int{"a": 1})
	lines.Encode(map[string]int{"a": 2})
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(got) != 2 || !strings.HasPrefix(got[0], `{"id":3,"line":{"a":1},`) || !strings.HasPrefix(got[1], `{"id":3,"line":{"a":2},`) {
		t.Errorf("got %q", got)
	}
}

func TestAFreezerIsTheContainersOwnAndSaysWhenAllStandsStill(t *testing.T) {
	inside := "/docker/" + someNode + "/kubepods/pod" + someUID + "/" + someID
	old, err := freezerOf(process{groups: map[string]string{"freezer": inside, "": inside}}, containerGroup)
	if err != nil || old.file != hostGroups+"/freezer/docker/"+someNode+"/freezer.state" {
		t.Errorf("got %+v, %v", old, err)
	}
	unified, err := freezerOf(process{groups: map[string]string{"": "/system.slice/docker-" + someNode + ".scope/init"}}, containerGroup)
	if err != nil || unified.file != hostGroups+"/system.slice/docker-"+someNode+".scope/cgroup.freeze" {
		t.Errorf("got %+v, %v", unified, err)
	}
	if _, err := freezerOf(process{groups: map[string]string{"freezer": "/"}}, containerGroup); err == nil {
		t.Error("a process in no container has the whole machine's freezer")
	}
	unified.tell = t.TempDir() + "/cgroup.events"
	for text, frozen := range map[string]bool{"populated 1\nfrozen 1\n": true, "populated 1\nfrozen 0\n": false} {
		if err := os.WriteFile(unified.tell, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if is, err := unified.isFrozen(); is != frozen || err != nil {
			t.Errorf("%q: got %v, %v", text, is, err)
		}
	}
}
