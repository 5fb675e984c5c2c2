package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const cgroupMount = "/sys/fs/cgroup"

// cgroupRoot is the kubelet's --cgroup-root: this container's own place in the host's tree. Without it the kubelets of
// all nodes on one machine would fight over one /kubepods.
func cgroupRoot() (string, error) {
	content, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	_, err = os.Stat(filepath.Join(cgroupMount, "cgroup.controllers"))
	unified := err == nil
	path, err := ownCgroup(string(content), unified)
	if err != nil {
		return "", err
	}
	if unified {
		return path, makeRoomForPods(filepath.Join(cgroupMount, path))
	}
	return path, createInHierarchies(path)
}

// ownCgroup reads /proc/self/cgroup. On a hybrid host the unified line is there too, but the memory controller decides.
func ownCgroup(procSelfCgroup string, unified bool) (string, error) {
	for _, line := range strings.Split(procSelfCgroup, "\n") {
		fields := strings.SplitN(line, ":", 3)
		if len(fields) != 3 {
			continue
		}
		if unified && fields[0] == "0" {
			return strings.TrimSuffix(fields[2], "/"+ownLeaf), nil
		}
		for _, controller := range strings.Split(fields[1], ",") {
			if !unified && controller == "memory" {
				return fields[2], nil
			}
		}
	}
	return "", errors.New("/proc/self/cgroup names no memory controller: is /sys/fs/cgroup of the host mounted into the node?")
}

// createInHierarchies makes the path exist under every v1 controller; engines do not create it under those they do not use.
func createInHierarchies(path string) error {
	controllers, err := os.ReadDir(cgroupMount)
	if err != nil {
		return err
	}
	for _, controller := range controllers {
		base := filepath.Join(cgroupMount, controller.Name())
		if !controller.IsDir() {
			continue
		}
		if err := os.MkdirAll(filepath.Join(base, path), 0o755); err != nil {
			return fmt.Errorf("creating the node's cgroup: %w (a node needs --privileged and /sys/fs/cgroup mounted rw)", err)
		}
		for _, setting := range []string{"cpuset.cpus", "cpuset.mems"} {
			// A fresh cpuset is empty and nothing can run in it; it is filled from the top down.
			for here, parts := base, strings.Split(strings.Trim(path, "/"), "/"); len(parts) > 0; parts = parts[1:] {
				value, err := os.ReadFile(filepath.Join(here, setting))
				here = filepath.Join(here, parts[0])
				if err != nil {
					break
				}
				if own, err := os.ReadFile(filepath.Join(here, setting)); err == nil && strings.TrimSpace(string(own)) == "" {
					if err := os.WriteFile(filepath.Join(here, setting), value, 0o644); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

const ownLeaf = "init"

// makeRoomForPods prepares cgroup v2, where a group that hands controllers to its children may hold no processes: ours
// move into a leaf. Written after the kernel's documentation; it has not run on such a host yet.
func makeRoomForPods(root string) error {
	leaf := filepath.Join(root, ownLeaf)
	if err := os.MkdirAll(leaf, 0o755); err != nil {
		return err
	}
	processes, err := os.ReadFile(filepath.Join(root, "cgroup.procs"))
	if err != nil {
		return err
	}
	for _, pid := range strings.Fields(string(processes)) {
		if err := os.WriteFile(filepath.Join(leaf, "cgroup.procs"), []byte(pid), 0o644); err != nil && pid == "1" {
			return err
		}
	}
	controllers, err := os.ReadFile(filepath.Join(root, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for _, controller := range strings.Fields(string(controllers)) {
		if err := os.WriteFile(filepath.Join(root, "cgroup.subtree_control"), []byte("+"+controller), 0o644); err != nil {
			say("cgroup controller %s is not passed on to pods: %v", controller, err)
		}
	}
	return nil
}
