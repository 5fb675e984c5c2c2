package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/vishvananda/netns"
)

// networkNamespaceOf opens the network namespace of the process, and refuses
// the one that netops itself lives in: a container on the host's network has
// no cable of its own, and what would be found there belongs to the host.
func networkNamespaceOf(pid int) (netns.NsHandle, error) {
	theirs, err := netns.GetFromPath(fmt.Sprintf("/proc/%d/ns/net", pid))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return -1, fmt.Errorf("pid %d: no such process; is the container running, and does netops share the host's pid namespace (--pid host)?", pid)
	case err != nil:
		return -1, fmt.Errorf("pid %d: cannot open its network namespace: %w", pid, err)
	}
	ours, err := netns.Get()
	if err != nil {
		theirs.Close()
		return -1, fmt.Errorf("cannot open our own network namespace: %w", err)
	}
	defer ours.Close()
	if theirs.Equal(ours) {
		theirs.Close()
		return -1, fmt.Errorf("pid %d: shares netops' own network namespace, so it has no cable of its own", pid)
	}
	return theirs, nil
}
