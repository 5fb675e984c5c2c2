package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	containerdRoot    = agentFolder + "/containerd"
	containerdState   = "/run/k3s/containerd"
	containerdSocket  = containerdState + "/containerd.sock"
	containerdConfig  = agentFolder + "/etc/containerd/config.toml"
	registryHosts     = agentFolder + "/etc/containerd/certs.d"
	airGapFolder      = agentFolder + "/images"
	importedFolder    = agentFolder + "/imported"
	defaultPauseImage = "rancher/mirrored-pause:3.6"
	pauseArchive      = programsFolder + "/pause.tar"
)

// containerdSettings renders containerd's configuration. The plugins switched off probe for file systems that a node
// never has, which costs start-up time.
func containerdSettings(snapshotter, pauseImage, runtime string) string {
	return fmt.Sprintf(`version = 2
root = %q
state = %q
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = %q

[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  disable_hugetlb_controller = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  sandbox_image = %q

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = %q

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = %q

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = %q
  disable_snapshot_annotations = true

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
  BinaryName = %q
`, containerdRoot, containerdState, containerdSocket, pauseImage, cniFolder, registryHosts, snapshotter, runtime)
}

// ociRuntime is runc itself where the node has every capability. Where the machine withholds CAP_SYS_RESOURCE, asking
// for it makes every privileged pod fail, so the wrapper takes it out of the request.
func ociRuntime(procSelfStatus string) string {
	bounding := regexp.MustCompile(`(?m)^CapBnd:\s*([0-9a-f]+)$`).FindStringSubmatch(procSelfStatus)
	if bounding != nil {
		if set, err := strconv.ParseUint(bounding[1], 16, 64); err == nil && set&(1<<24) == 0 {
			return programsFolder + "/runc-without-sys-resource"
		}
	}
	return "/usr/sbin/runc"
}

// startContainerd writes its configuration and keeps it running.
func startContainerd(c *children, o options) (*program, error) {
	registries, err := readRegistries(registriesFile)
	if err != nil {
		return nil, err
	}
	if err := writeHostsFiles(registryHosts, registries.hostsFiles()); err != nil {
		return nil, err
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil, err
	}
	pause := o.pauseImage
	if first, _, qualified := strings.Cut(pause, "/"); !qualified || !strings.ContainsAny(first, ".:") {
		pause = "docker.io/" + pause
	}
	settings := containerdSettings(o.snapshotter, pause, ociRuntime(string(status)))
	if err := writeFile(containerdConfig, []byte(settings), 0o644); err != nil {
		return nil, err
	}
	args := []string{"--config=" + containerdConfig}
	if o.debug {
		args = append(args, "--log-level=debug")
	}
	return c.keepRunning(&program{name: "containerd", path: "/usr/bin/containerd", args: func() []string { return args }, grace: time.Second}), nil
}

func awaitSocket(ctx context.Context, socket string) error {
	for {
		connection, err := net.Dial("unix", socket)
		if err == nil {
			return connection.Close()
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// importImages loads the pause image and every archive of k3s's air-gap folder that has not been loaded yet.
// An archive that cannot be loaded is reported and does not keep the node down.
func importImages(ctx context.Context, c *children, snapshotter string) {
	archives := []string{pauseArchive}
	entries, _ := os.ReadDir(airGapFolder)
	for _, entry := range entries {
		if !entry.IsDir() && strings.Contains(entry.Name(), ".tar") {
			archives = append(archives, filepath.Join(airGapFolder, entry.Name()))
		}
	}
	for _, archive := range archives {
		info, err := os.Stat(archive)
		if err != nil {
			say("image archive: %v", err)
			continue
		}
		stamp := fmt.Sprintf("%d %s", info.Size(), info.ModTime().UTC())
		mark := filepath.Join(importedFolder, filepath.Base(archive))
		if seen, err := os.ReadFile(mark); err == nil && string(seen) == stamp {
			continue
		}
		if output, err := c.run(ctx, "/usr/bin/ctr", "--address", containerdSocket, "--namespace", "k8s.io", "images", "import", "--snapshotter", snapshotter, archive); err != nil {
			say("image archive %s was not imported: %v %s", archive, err, output)
			continue
		}
		if archive != pauseArchive {
			say("imported %s", archive)
		}
		if err := writeFile(mark, []byte(stamp), 0o644); err != nil {
			say("image archive %s will be imported again at the next start: %v", archive, err)
		}
	}
}

// pause waits, unless the node is being stopped.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
