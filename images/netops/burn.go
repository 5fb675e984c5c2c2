package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// A burner that nobody ends ends itself: no fault is meant to stay this long.
const burnsAtMost = time.Hour

// runBurn uses up processor time and memory inside a node's control group
// until it is ended, or the node is.
func runBurn(arguments []string, _ io.Writer) error {
	var node place
	var tag string
	var cores, mebibytes int
	options := flag.NewFlagSet("burn", flag.ContinueOnError)
	options.StringVar(&tag, "tag", "", "what names the act")
	options.Func("container", "full id of the node's container", func(text string) (err error) {
		node.Container, err = parseContainer(text)
		return err
	})
	options.IntVar(&cores, "cores", 0, "how many threads never rest")
	options.IntVar(&mebibytes, "mebibytes", 0, "how much memory is in use")
	if err := parseOptions(options, arguments); err != nil {
		return err
	}
	if node.Container == "" || !tagFormat.MatchString(tag) {
		return usageError{"burn: name --tag and --container"}
	}
	if cores < 0 || cores > 256 || mebibytes < 0 || mebibytes > 64<<10 || cores+mebibytes == 0 {
		return usageError{fmt.Sprintf("burn: %d cores and %d MiB are nothing, or too much", cores, mebibytes)}
	}
	if err := join(node); err != nil {
		return err
	}
	runtime.GOMAXPROCS(max(cores, 1) + 1)
	memory := make([][]byte, 0, mebibytes)
	for range mebibytes {
		block := make([]byte, 1<<20)
		for at := 0; at < len(block); at += os.Getpagesize() {
			block[at] = 1 // a page counts once it was written
		}
		memory = append(memory, block)
	}
	for range cores {
		go func() {
			for n := uint64(1); n != 0; n = n*6364136223846793005 + 1 {
			}
		}()
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	end := time.After(burnsAtMost)
	for {
		select {
		case <-ended:
			runtime.KeepAlive(memory)
			return nil
		case <-end:
			return nil
		case <-time.After(time.Second):
			if members, err := node.members(); err == nil && !othersThanUs(members) {
				return nil
			}
		}
	}
}

func othersThanUs(members []process) bool {
	for _, member := range members {
		if member.pid != os.Getpid() {
			return true
		}
	}
	return false
}

// nodeGroups are the node's own control groups: the parts of its processes'
// paths that end with its container.
func nodeGroups(node place) (map[string]string, error) {
	members, err := node.members()
	if err != nil {
		return nil, err
	}
	for _, member := range members {
		groups := map[string]string{}
		for controller, group := range member.groups {
			for containerID.FindString(path.Base(group)) == "" && len(group) > 1 {
				group = path.Dir(group)
			}
			if containerID.FindString(group) == node.Container {
				groups[controller] = group
			}
		}
		if len(groups) > 0 {
			return groups, nil
		}
	}
	return nil, fmt.Errorf("%s: does not run", node)
}

// join puts this process where the node's own are counted and limited; not into
// its freezer, or it could not be ended while the node is frozen.
func join(node place) error {
	groups, err := nodeGroups(node)
	if err != nil {
		return err
	}
	joined := false
	for _, controller := range []string{"cpu", "cpuacct", "memory", ""} {
		group, there := groups[controller]
		if !there || (controller == "" && joined) {
			continue
		}
		file := path.Join(hostGroups, controller, group, "cgroup.procs")
		if err := os.WriteFile(file, []byte(strconv.Itoa(os.Getpid())), 0); err != nil {
			// Where the node's group only holds others, its own processes are in one below.
			return errors.Join(fmt.Errorf("%s: cannot join %s", node, file), err)
		}
		joined = true
	}
	if !joined {
		return fmt.Errorf("%s: has no control group that counts", node)
	}
	return nil
}
