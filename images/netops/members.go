package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vishvananda/netns"
)

// podUID is how kubelets write a pod into the path of its control group: the
// cgroupfs driver as it is, systemd's with underscores.
var podUID = regexp.MustCompile(`pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})`)

// podOf is the uid of the pod that a process belongs to; empty for a process
// of the node itself.
func (p process) podOf() string {
	for _, path := range p.groups {
		if found := podUID.FindStringSubmatch(path); found != nil {
			return strings.ReplaceAll(found[1], "_", "-")
		}
	}
	return ""
}

// memberOf is the container inside the pod that a process belongs to, by the
// runtime's id; empty outside pods.
func (p process) memberOf() string {
	for _, path := range p.groups {
		at := podUID.FindStringIndex(path)
		if at == nil {
			continue
		}
		if id := containerID.FindString(path[at[1]:]); id != "" {
			return id
		}
	}
	return ""
}

// parseContainer reads an engine's full id: a shorter one might be another's.
func parseContainer(text string) (string, error) {
	if len(text) != 64 || containerID.FindString(text) != text {
		return "", fmt.Errorf("%q is not the full id of a container", text)
	}
	return text, nil
}

// place is where an act happens: a node, or one of its pods.
type place struct {
	Container string `json:"container"`
	Pod       string `json:"pod,omitempty"`
}

func (p place) String() string {
	if p.Pod == "" {
		return "container " + p.Container[:12]
	}
	return "pod " + p.Pod + " in container " + p.Container[:12]
}

// members are the processes at a place.
func (p place) members() ([]process, error) {
	all, err := processesIn(p.Container)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(one process) bool { return one.podOf() != p.Pod }), nil
}

// network opens the network namespace of a place.
func (p place) network() (netns.NsHandle, error) {
	members, err := p.members()
	if err != nil {
		return netns.None(), err
	}
	for _, member := range members {
		if found, err := networkNamespaceOf(member.pid); err == nil {
			return found, nil
		}
	}
	return netns.None(), fmt.Errorf("%s: runs no process whose network could be entered", p)
}

// tally counts processes, and how many of them stand still.
type tally struct {
	Processes int `json:"processes"`
	Held      int `json:"held"`
}

func (t *tally) add(held bool) {
	t.Processes++
	if held {
		t.Held++
	}
}

// stillness is how a process looks at one moment, as far as it tells whether it
// stands still.
type stillness struct {
	state    string
	where    string // in the kernel
	switches string // how often it ran
}

func stillnessOf(pid int) stillness {
	where, _ := os.ReadFile(fmt.Sprintf("/proc/%d/wchan", pid))
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := strings.Cut(string(status), "voluntary_ctxt_switches:")
	return stillness{stateOf(pid), string(where), after}
}

// held reads from the process itself whether it stands still, whatever its
// control group says. A frozen process waits where it was when it was frozen,
// in the state in which others wait for a disk, or in the freezer's own trap:
// what waits for a disk runs again at once.
func (before stillness) held(now stillness) bool {
	switch now.state {
	case "T", "t":
		return true
	case "D":
		return before == now
	}
	return now.where == "__refrigerator" || now.where == "do_freezer_trap"
}

// betweenLooks is longer than any wait for a disk that is not in trouble.
const betweenLooks = 25 * time.Millisecond

type processReport struct {
	Container string            `json:"container"`
	Node      tally             `json:"node"`
	Pods      map[string]*tally `json:"pods"`
	Members   map[string]*tally `json:"members"`
}

// runProcesses tells what runs in each node and in each of its pods.
func runProcesses(arguments []string, out io.Writer) error {
	containers := list[string]{parse: parseContainer}
	options := flag.NewFlagSet("processes", flag.ContinueOnError)
	options.Var(&containers, "container", "full id of a node's container")
	if err := parseOptions(options, arguments); err != nil {
		return err
	}
	if len(containers.values) == 0 {
		return usageError{"processes: name at least one --container"}
	}
	nodes := make([][]process, len(containers.values))
	before := map[int]stillness{}
	for i, container := range containers.values {
		var err error
		if nodes[i], err = processesIn(container); err != nil {
			return err
		}
		for _, p := range nodes[i] {
			before[p.pid] = stillnessOf(p.pid)
		}
	}
	time.Sleep(betweenLooks)
	lines := json.NewEncoder(out)
	for i, container := range containers.values {
		report := processReport{Container: container, Pods: map[string]*tally{}, Members: map[string]*tally{}}
		for _, p := range nodes[i] {
			now := stillnessOf(p.pid)
			if now.state == "" || now.state == "Z" {
				continue // it has ended
			}
			held := before[p.pid].held(now)
			report.Node.add(held)
			count(report.Pods, p.podOf(), held)
			count(report.Members, p.memberOf(), held)
		}
		if err := lines.Encode(report); err != nil {
			return err
		}
	}
	return nil
}

func count(tallies map[string]*tally, key string, held bool) {
	if key == "" {
		return
	}
	if tallies[key] == nil {
		tallies[key] = &tally{}
	}
	tallies[key].add(held)
}
