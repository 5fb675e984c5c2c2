package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The freezer stops a task at its next return from the kernel; one that does
// not return in this time hangs in the kernel anyway.
const freezing = 2 * time.Second

// hostGroups is where the host's control groups are mounted in our container: what
// the host's first process sees may be closed to us.
const hostGroups = "/host-cgroup"

type podReport struct {
	Pod       string `json:"pod"`
	Processes int    `json:"processes"`
}

// runPod acts on the processes of a pod, or of one container in it, past
// kubelet and container runtime.
func runPod(arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return usageError{"pod: say freeze, thaw or kill"}
	}
	verb := arguments[0]
	var at place
	var member string
	options := flag.NewFlagSet("pod", flag.ContinueOnError)
	options.Func("container", "full id of the node's container", func(text string) (err error) {
		at.Container, err = parseContainer(text)
		return err
	})
	options.StringVar(&at.Pod, "pod", "", "uid of the pod")
	options.StringVar(&member, "member", "", "only this container of the pod, by the runtime's id")
	if err := parseOptions(options, arguments[1:]); err != nil {
		return err
	}
	if at.Container == "" || at.Pod == "" {
		return usageError{"pod: name --container and --pod"}
	}
	members, err := at.members()
	if err != nil {
		return err
	}
	report := podReport{Pod: at.Pod, Processes: len(members)}
	switch verb {
	case "freeze":
		if len(members) == 0 {
			return fmt.Errorf("%s: has no processes", at)
		}
		err = setFreezer(at, members, true)
	case "thaw":
		err = setFreezer(at, members, false)
	case "kill":
		report.Processes, err = killAll(members, member)
	default:
		return usageError{fmt.Sprintf("pod: %q is none of freeze, thaw, kill", verb)}
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(report)
}

func killAll(members []process, member string) (int, error) {
	killed := 0
	for _, p := range members {
		if member != "" && p.memberOf() != member {
			continue
		}
		// One that ended meanwhile is what was wanted.
		if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return killed, err
		}
		killed++
	}
	return killed, nil
}

// setFreezer stops or continues the pod's control group, and with it whatever
// is started in it meanwhile, such as a probe.
func setFreezer(at place, members []process, frozen bool) error {
	done := map[string]bool{}
	for _, p := range members {
		if p.groups["freezer"] == "/" {
			// One that has ended and waits for its parent: it is in no group of the older kind any more, and does nothing.
			continue
		}
		f, err := freezerOf(p, podGroup)
		if err == nil && done[f.file] {
			continue
		}
		done[f.file] = true
		if err == nil {
			err = f.ask(frozen)
		}
		if err == nil && frozen {
			err = f.awaitFrozen()
		}
		if err != nil && (frozen || !errors.Is(err, fs.ErrNotExist)) {
			return fmt.Errorf("%s: %w", at, err)
		}
	}
	return nil
}

// freezer is how a control group is frozen, in the older and in the newer kind
// of hierarchy.
type freezer struct {
	file, on, off string
	// tell is where the kernel says that all below it stands still, in the line done.
	tell, done string
}

// freezerOf is the freezer of the part of a process's control group that narrow leaves.
func freezerOf(p process, narrow func(string) string) (freezer, error) {
	if group := narrow(p.groups["freezer"]); group != "" {
		file := path.Join(hostGroups, "freezer", group, "freezer.state")
		return freezer{file, "FROZEN", "THAWED", file, "FROZEN"}, nil
	}
	if group := narrow(p.groups[""]); group != "" {
		folder := path.Join(hostGroups, group)
		return freezer{path.Join(folder, "cgroup.freeze"), "1", "0", path.Join(folder, "cgroup.events"), "frozen 1"}, nil
	}
	return freezer{}, fmt.Errorf("its control groups %v have no freezer of their own", p.groups)
}

func (f freezer) ask(frozen bool) error {
	value := f.off
	if frozen {
		value = f.on
	}
	return os.WriteFile(f.file, []byte(value), 0)
}

// isFrozen is what the kernel says now, a freezer further up included.
func (f freezer) isFrozen() (bool, error) {
	text, err := os.ReadFile(f.tell)
	return slices.Contains(strings.Split(strings.TrimSpace(string(text)), "\n"), f.done), err
}

func (f freezer) awaitFrozen() error {
	for end := time.Now().Add(freezing); ; time.Sleep(time.Millisecond) {
		frozen, err := f.isFrozen()
		if frozen || err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s: not all below it stand still after %s", f.file, freezing)
		}
		// The older kind stops halfway at what waits in the kernel, until it is asked again.
		if err := f.ask(true); err != nil {
			return err
		}
	}
}

// podGroup is the part of a control group's path that ends with the pod.
func podGroup(group string) string {
	at := podUID.FindStringIndex(group)
	if at == nil {
		return group
	}
	end := strings.IndexByte(group[at[1]:], '/')
	if end < 0 {
		return group
	}
	return group[:at[1]+end]
}
