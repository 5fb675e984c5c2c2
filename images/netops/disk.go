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

	"golang.org/x/sys/unix"
)

const filler = "." + mark + "-filler"

// diskReport is a file system, seen through a volume of a pod.
type diskReport struct {
	Path        string `json:"path"`
	TotalBytes  uint64 `json:"total_bytes"`
	FreeBytes   uint64 `json:"free_bytes"`
	FillerBytes int64  `json:"filler_bytes"`
	// Own is false when the node itself is on the same file system.
	Own bool `json:"own"`
}

// runDisk looks at, fills and empties the file system of a pod's volume.
func runDisk(arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return usageError{"disk: say state, fill or empty"}
	}
	var at place
	var mountPath string
	var atMost uint64
	options := flag.NewFlagSet("disk", flag.ContinueOnError)
	options.Func("container", "full id of the node's container", func(text string) (err error) {
		at.Container, err = parseContainer(text)
		return err
	})
	options.StringVar(&at.Pod, "pod", "", "uid of the pod")
	options.StringVar(&mountPath, "path", "", "where the volume is mounted in the pod")
	options.Uint64Var(&atMost, "at-most", 0, "refuse to fill a file system larger than this many bytes")
	if err := parseOptions(options, arguments[1:]); err != nil {
		return err
	}
	if at.Container == "" || at.Pod == "" || !path.IsAbs(mountPath) {
		return usageError{"disk: name --container, --pod and an absolute --path"}
	}
	folder, err := volumeOf(at, mountPath)
	if err != nil {
		if arguments[0] == "empty" && errors.Is(err, errNoSuchVolume) {
			return nil // it went with its pod
		}
		return err
	}
	report, err := lookAtDisk(at, folder)
	if err != nil {
		return err
	}
	report.Path = mountPath
	switch arguments[0] {
	case "state":
	case "fill":
		if !report.Own || report.TotalBytes > atMost {
			return fmt.Errorf("%s: %s is on a file system of %d MiB that %s; filling it would fill the machine",
				at, mountPath, report.TotalBytes>>20, map[bool]string{true: "is its own", false: "the node is on as well"}[report.Own])
		}
		if err := fill(path.Join(folder, filler)); err != nil {
			return err
		}
	case "empty":
		if err := os.Remove(path.Join(folder, filler)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	default:
		return usageError{fmt.Sprintf("disk: %q is none of state, fill, empty", arguments[0])}
	}
	if report, err = lookAtDisk(at, folder); err != nil {
		return err
	}
	report.Path = mountPath
	return json.NewEncoder(out).Encode(report)
}

var errNoSuchVolume = errors.New("has no such volume")

// volumeOf is the folder behind a mount of the pod, as the host sees it.
func volumeOf(at place, mountPath string) (string, error) {
	members, err := at.members()
	if err != nil {
		return "", err
	}
	for _, member := range members {
		mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", member.pid))
		if err != nil {
			continue
		}
		for _, line := range strings.Split(string(mounts), "\n") {
			if point, _ := mountOf(line); point == path.Clean(mountPath) {
				return fmt.Sprintf("/proc/%d/root%s", member.pid, path.Clean(mountPath)), nil
			}
		}
	}
	return "", fmt.Errorf("%s: %w at %s", at, errNoSuchVolume, mountPath)
}

func lookAtDisk(at place, folder string) (diskReport, error) {
	var report diskReport
	var system unix.Statfs_t
	if err := unix.Statfs(folder, &system); err != nil {
		return report, err
	}
	report.TotalBytes = system.Blocks * uint64(system.Bsize)
	report.FreeBytes = system.Bavail * uint64(system.Bsize)
	var volume, one unix.Stat_t
	if err := unix.Stat(folder, &volume); err != nil {
		return report, err
	}
	node, err := place{Container: at.Container}.members()
	if err != nil {
		return report, err
	}
	report.Own = len(node) > 0
	for _, shared := range []string{"/", "/var/lib/kubelet", "/var/lib/rancher", "/var/log"} {
		for _, member := range node {
			if unix.Stat(fmt.Sprintf("/proc/%d/root%s", member.pid, shared), &one) == nil && one.Dev == volume.Dev {
				report.Own = false
			}
			break
		}
	}
	if info, err := os.Lstat(path.Join(folder, filler)); err == nil {
		report.FillerBytes = info.Size()
	}
	return report, nil
}

// fill writes until nothing more fits; the file holds real blocks, for a sparse
// one takes no room.
func fill(file string) error {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	for block := make([]byte, 1<<20); len(block) >= 512; {
		_, err := out.Write(block)
		switch {
		case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
			block = block[:len(block)/2]
		case err != nil:
			return err
		}
	}
	return nil
}
