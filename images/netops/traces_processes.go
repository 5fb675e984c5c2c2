package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// process is one of a node's, the kernel's own numbers for it being the host's.
type process struct {
	pid     int
	command string
	groups  map[string]string // the path in each control group hierarchy; "" is the unified one
}

// processesIn are those whose control group contains that text.
func processesIn(group string) ([]process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var found []process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		groups, err := controlGroups(pid)
		if err != nil {
			continue // it has ended meanwhile
		}
		for _, path := range groups {
			if strings.Contains(path, group) {
				found = append(found, process{pid, commandOf(pid), groups})
				break
			}
		}
	}
	return found, nil
}

func controlGroups(pid int) (map[string]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return nil, err
	}
	groups := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if parts := strings.SplitN(line, ":", 3); len(parts) == 3 {
			for _, controller := range strings.Split(parts[1], ",") {
				groups[controller] = parts[2]
			}
		}
	}
	return groups, nil
}

// wordsOf are a process's command and arguments.
func wordsOf(pid int) []string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
}

// commandOf is a process's first word, without its folder; a kernel's name for
// it where it has no command line.
func commandOf(pid int) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	first, _, _ := bytes.Cut(line, []byte{0})
	if err != nil || len(first) == 0 {
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		return strings.TrimSpace(string(name))
	}
	return path.Base(string(first))
}

// lookAtProcesses finds the stopped ones, ours, and those with another clock.
func lookAtProcesses(node *machine, tell func(kind, what string)) error {
	for _, p := range node.processes {
		if state := stateOf(p.pid); state == "T" || state == "t" {
			tell("stopped", fmt.Sprintf("%s (pid %d)", p.command, p.pid))
		}
		if strings.HasPrefix(p.command, mark) {
			tell("process", fmt.Sprintf("%s (pid %d)", p.command, p.pid))
		}
		if offset := clockOffset(p.pid); offset != "" {
			tell("clock", fmt.Sprintf("%s (pid %d): %s", p.command, p.pid, offset))
		}
	}
	return nil
}

// stateOf is the letter after the command's closing bracket: the command itself
// may hold anything.
func stateOf(pid int) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	return stateIn(string(line))
}

func stateIn(line string) string {
	fields := strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}

// clockOffset says how a process's clocks differ from the machine's: by a time
// namespace, or by the one library in use that lies about the wall clock.
func clockOffset(pid int) string {
	offsets, err := os.ReadFile(fmt.Sprintf("/proc/%d/timens_offsets", pid))
	if err == nil {
		for _, line := range strings.Split(string(offsets), "\n") {
			if fields := strings.Fields(line); len(fields) == 3 && (fields[1] != "0" || fields[2] != "0") {
				return "its " + fields[0] + " clock is off by " + fields[1] + " s"
			}
		}
	}
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err == nil {
		for _, variable := range bytes.Split(environment, []byte{0}) {
			if bytes.HasPrefix(variable, []byte("FAKETIME=")) {
				return string(variable)
			}
		}
	}
	return ""
}

// freezers are the files by which a control group is frozen, in the older and in
// the newer kind of hierarchy, and the folders where those are mounted.
var freezers = []struct {
	controller, file string
	folders          []string
}{
	{"freezer", "freezer.self_freezing", []string{"freezer"}},
	{"", "cgroup.freeze", []string{"", "unified"}},
}

// lookAtGroups finds control groups that were frozen below the node's own: the
// engine tells of that one itself, and it freezes all below it.
func lookAtGroups(node *machine, tell func(kind, what string)) error {
	looked := map[string]bool{}
	for _, p := range node.processes {
		found := false
		for _, freezer := range freezers {
			group, there := p.groups[freezer.controller]
			if !there {
				continue
			}
			folder, there := folderOf(node, group, freezer.folders)
			if !there {
				continue
			}
			found = true
			for ; below(group, node.group); group, folder = path.Dir(group), path.Dir(folder) {
				file := path.Join(folder, freezer.file)
				if looked[file] {
					continue
				}
				frozen, err := os.ReadFile(file)
				if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENODEV) {
					return err
				}
				looked[file] = true
				if strings.TrimSpace(string(frozen)) == "1" {
					_, inside, _ := strings.Cut(group, node.group)
					tell("frozen", inside)
				}
			}
		}
		if !found && stateOf(p.pid) != "" {
			return fmt.Errorf("the control groups of %s (pid %d) are mounted nowhere: %v", p.command, p.pid, p.groups)
		}
	}
	return nil
}

// limits are the files by which a control group gets less of the processor, and
// what they begin with where it gets all of it.
var limits = []struct {
	controller, file, none string
	folders                []string
}{
	{"cpu", "cpu.cfs_quota_us", "-1", []string{"cpu", "cpu,cpuacct"}},
	{"", "cpu.max", "max", []string{""}},
}

// lookAtLimits finds a node that gets less of the processor than all of it.
func lookAtLimits(node *machine, tell func(kind, what string)) error {
	groups, err := controlGroups(node.pid)
	if err != nil {
		return err
	}
	for _, limit := range limits {
		group, there := groups[limit.controller]
		if !there {
			continue
		}
		// The container's own group, wherever below it its init has moved.
		if group = containerGroup(group); group == "" {
			continue
		}
		folder, there := folderOf(node, group, limit.folders)
		if !there {
			continue
		}
		text, err := os.ReadFile(path.Join(folder, limit.file))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the other version of control groups
		}
		if err != nil {
			return err
		}
		if value := strings.TrimSpace(string(text)); !strings.HasPrefix(value, limit.none) {
			tell("limit", limit.file+" is "+value)
		}
	}
	return nil
}

// below says whether a path leads to somewhere below the node's own group.
func below(group, node string) bool {
	return strings.Contains(path.Dir(group), node)
}

// folderOf is where the node has a control group mounted, or else where we have.
func folderOf(node *machine, group string, folders []string) (string, bool) {
	for _, root := range []string{node.root + "/sys/fs/cgroup", "/sys/fs/cgroup", "/host-cgroup"} {
		for _, folder := range folders {
			candidate := path.Join(root, folder, group)
			if _, err := os.Stat(candidate); err == nil {
				return candidate, true
			}
		}
	}
	return "", false
}
