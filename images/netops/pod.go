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
		file, on, off := freezerOf(p)
		if file == "" {
			return fmt.Errorf("%s: its control groups have no freezer", at)
		}
		if done[file] {
			continue
		}
		done[file] = true
		value := off
		if frozen {
			value = on
		}
		if err := writeFreezer(file, value); err != nil {
			if !frozen && errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return fmt.Errorf("%s: %w", at, err)
		}
	}
	return nil
}

// freezerOf is the file that freezes a process's pod, and what to write into it.
func freezerOf(p process) (file, on, off string) {
	if group, there := p.groups["freezer"]; there {
		return path.Join(hostGroups, "freezer", podGroup(group), "freezer.state"), "FROZEN", "THAWED"
	}
	if group, there := p.groups[""]; there {
		return path.Join(hostGroups, podGroup(group), "cgroup.freeze"), "1", "0"
	}
	return "", "", ""
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

func writeFreezer(file, value string) error {
	if err := os.WriteFile(file, []byte(value), 0); err != nil {
		return err
	}
	end := time.Now().Add(freezing)
	for {
		is, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if strings.TrimSpace(string(is)) == value {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s is still %q and not %q", file, strings.TrimSpace(string(is)), value)
		}
		time.Sleep(time.Millisecond)
	}
}
