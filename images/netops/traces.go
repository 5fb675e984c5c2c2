package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// mark is what everything of ours carries that can carry a name; the harness
// has the same word.
const mark = "aeterna-chaos"

// trace is something that an act may have left in a node and that an untouched
// node does not have.
type trace struct {
	Pid  int    `json:"pid"`
	Kind string `json:"kind"`
	What string `json:"what"`
}

// machine is a node as it is seen from the host: its init, and everything that
// runs in its control group or below.
type machine struct {
	pid       int
	root      string // its file system, as the host sees it
	group     string // what the control groups of all its processes contain
	processes []process
}

// looks are the places where traces may be. Each is complete in itself: what
// cannot be looked at is an error, never an empty answer.
var looks = []func(*machine, func(kind, what string)) error{
	lookAtProcesses,
	lookAtGroups,
	lookAtLimits,
	lookAtMounts,
	lookAtFiles,
	lookAtNetworks,
	lookAtCable,
}

func runTraces(arguments []string, out io.Writer) error {
	pids := list[int]{parse: parsePid}
	options := flag.NewFlagSet("traces", flag.ContinueOnError)
	options.Var(&pids, "container-pid", "process id of a node's container on the host")
	options.Var(&pids, "pid", "the same, for short")
	if err := parseOptions(options, arguments); err != nil {
		return err
	}
	if len(pids.values) == 0 {
		return usageError{"traces: name at least one --container-pid"}
	}
	lines := json.NewEncoder(out)
	var failed error
	for _, pid := range pids.values {
		node, err := findMachine(pid)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		seen := map[trace]bool{}
		tell := func(kind, what string) {
			found := trace{pid, kind, what}
			if !seen[found] {
				seen[found] = true
				failed = errors.Join(failed, lines.Encode(found))
			}
		}
		for _, look := range looks {
			if err := look(node, tell); err != nil {
				failed = errors.Join(failed, fmt.Errorf("pid %d: %w", pid, err))
			}
		}
	}
	helpers, err := longLived(os.Getpid())
	for _, command := range helpers {
		err = errors.Join(err, lines.Encode(trace{0, "process", command}))
	}
	return errors.Join(failed, err)
}

// longLived are the programs of ours that run beside this one and are neither
// the resident itself nor gone in a moment.
func longLived(self int) ([]string, error) {
	groups, err := controlGroups(self)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, group := range groups {
		if !containerID.MatchString(group) {
			continue // not in a container: whatever runs beside us is not ours
		}
		beside, err := processesIn(containerID.FindString(group))
		if err != nil {
			return nil, err
		}
		for _, p := range beside {
			words := wordsOf(p.pid)
			if p.pid != self && len(words) > 1 && (words[1] == "delay" || words[1] == "burn") {
				found = append(found, fmt.Sprintf("%s (pid %d)", strings.Join(words, " "), p.pid))
			}
		}
		return found, nil
	}
	return found, nil
}

// containerID is how engines name a container's control group.
var containerID = regexp.MustCompile(`[0-9a-f]{64}`)

func findMachine(pid int) (*machine, error) {
	groups, err := controlGroups(pid)
	if err != nil {
		return nil, fmt.Errorf("pid %d: %w; is the container running, and does netops share the host's pid namespace (--pid host)?", pid, err)
	}
	node := &machine{pid: pid, root: fmt.Sprintf("/proc/%d/root", pid)}
	for _, path := range groups {
		if id := containerID.FindString(path); id != "" {
			node.group = id
		}
	}
	if node.group == "" {
		return nil, fmt.Errorf("pid %d: its control group %v names no container", pid, groups)
	}
	node.processes, err = processesIn(node.group)
	return node, err
}

// lookAtMounts finds volumes that were put on a loop device of ours.
func lookAtMounts(node *machine, tell func(kind, what string)) error {
	mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", node.pid))
	if err != nil {
		return err
	}
	for _, line := range strings.Split(string(mounts), "\n") {
		point, source := mountOf(line)
		if !strings.HasPrefix(source, "/dev/loop") {
			continue
		}
		file, err := os.ReadFile("/sys/block/" + path.Base(source) + "/loop/backing_file")
		if err != nil {
			file = []byte("a file that is gone")
		}
		tell("mount", fmt.Sprintf("%s on %s, from %s", source, point, strings.TrimSpace(string(file))))
	}
	return nil
}

// mountOf is where a line of mountinfo says that what is mounted.
func mountOf(line string) (point, source string) {
	before, after, _ := strings.Cut(line, " - ")
	left, right := strings.Fields(before), strings.Fields(after)
	if len(left) < 5 || len(right) < 2 {
		return "", ""
	}
	return left[4], right[1]
}

// volumes are the places in a node where pods' data is, and how deep below
// them a volume's own folder begins.
var volumes = []string{
	"/var/lib/rancher/k3s/storage/*",
	"/var/lib/kubelet/pods/*/volumes/*/*",
	"/tmp",
	"/var/tmp",
}

// lookAtFiles finds what fills disks. Ours lie at the top of a volume, so that
// nobody has to walk through a database's files.
func lookAtFiles(node *machine, tell func(kind, what string)) error {
	for _, folder := range volumes {
		found, err := filepath.Glob(node.root + folder + "/." + mark + "-*")
		if err != nil {
			return err
		}
		for _, file := range found {
			size := int64(0)
			if info, err := os.Lstat(file); err == nil {
				size = info.Size()
			}
			tell("file", fmt.Sprintf("%s, %d MiB", strings.TrimPrefix(file, node.root), size>>20))
		}
	}
	return nil
}
