// Command k3s is the offline node: it stands in for rancher/k3s where no image registry can be reached, and takes the
// same options. As process 1 of the container it starts containerd, Kubernetes and, on a server, etcd, keeps them
// running, routes pods between nodes, and brings the node back by itself when its container is killed and started.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

func main() {
	args := os.Args[1:]
	if called := filepath.Base(os.Args[0]); called != "k3s" {
		args = append([]string{called}, args...) // /bin/kubectl and /bin/ctr are links to this file, as in rancher/k3s
	}
	if len(args) > 0 {
		switch args[0] {
		case "kubectl":
			become(programsFolder+"/kubernetes", "kubectl", args[1:])
		case "ctr":
			become("/usr/bin/ctr", "ctr", args[1:])
		case "pause-archive":
			if len(args) != 3 {
				fail("usage: k3s pause-archive <program> <archive>")
			}
			if err := writePauseArchive(args[1], args[2]); err != nil {
				fail(err.Error())
			}
			return
		}
	}
	o, err := parse(args, os.Getenv)
	if err != nil {
		fail(err.Error())
	}
	if err := run(o); err != nil {
		fail(err.Error())
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, "k3s: "+why)
	os.Exit(1)
}

// become replaces this process, with the settings that reach the node's own cluster and containerd.
func become(path, name string, args []string) {
	for variable, value := range map[string]string{
		"KUBECONFIG": "/etc/rancher/k3s/k3s.yaml", "CONTAINERD_ADDRESS": containerdSocket, "CONTAINERD_NAMESPACE": "k8s.io",
	} {
		if os.Getenv(variable) == "" {
			os.Setenv(variable, value)
		}
	}
	fail(fmt.Sprintf("%s: %v", path, syscall.Exec(path, append([]string{name}, args...), os.Environ())))
}

func run(o options) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	for _, warning := range o.warnings {
		say("warning: %s", warning)
	}
	n := &node{options: o, name: o.nodeName, children: newChildren()}
	if err := n.boot(); err != nil {
		return err
	}
	var err error
	if o.server {
		err = n.runServer(ctx)
	} else {
		err = n.runAgent(ctx)
	}
	if err == nil {
		<-ctx.Done()
	}
	stopped := ctx.Err() != nil
	say("stopping")
	n.shutDown()
	if stopped {
		return nil
	}
	return err
}

// boot prepares the machine, as every start of the container is a boot of the node: nothing of what ran before is left
// but the files on its volumes.
func (n *node) boot() error {
	if n.name == "" {
		host, err := os.Hostname()
		if err != nil {
			return err
		}
		n.name = host
	}
	n.name = strings.ToLower(n.name)
	if n.nodeIP != "" {
		n.address = splitCommas([]string{n.nodeIP})[0]
	} else {
		var err error
		if n.address, err = nodeAddress(); err != nil {
			return err
		}
	}
	// Mounts that a pod makes for others (mountPropagation) and the kubelet's own must be seen by containerd's children.
	if err := syscall.Mount("", "/", "", syscall.MS_SHARED|syscall.MS_REC, ""); err != nil {
		return fmt.Errorf("making the mounts shared: %w (a node needs --privileged)", err)
	}
	var err error
	if n.cgroup, err = cgroupRoot(); err != nil {
		return err
	}
	if err := forgetPods(); err != nil {
		return err
	}
	for setting, without := range sysctls {
		if err := os.WriteFile("/proc/sys/net/"+setting, []byte("1"), 0o644); err != nil {
			say("warning: %v: %s", err, without)
		}
	}
	for limit, least := range inotifyLimits {
		raise("/proc/sys/fs/inotify/"+limit, least)
	}
	if err := identify(n.name); err != nil {
		return err
	}
	containerd, err := startContainerd(n.children, n.options)
	if err != nil {
		return err
	}
	n.programs = append(n.programs, containerd)
	role := "agent"
	if n.server {
		role = "server"
	}
	say("k3s %s %s at %s", role, n.name, n.address)
	return nil
}

// sysctls of the node's own network that must be 1, and what does not work otherwise.
var sysctls = map[string]string{
	"ipv4/ip_forward":                "pods reach nothing outside their node",
	"bridge/bridge-nf-call-iptables": "a pod may not reach a service whose endpoint runs on the same node; run `modprobe br_netfilter` on the machine",
}

// inotifyLimits hold for all nodes of the machine together: the usual 128 instances are used up by 17 nodes, and then
// the next kubelet does not start.
var inotifyLimits = map[string]uint64{"max_user_instances": 1024, "max_user_watches": 524288}

// raise lifts a limit of the machine that is too low for nodes, and never lowers one.
func raise(file string, least uint64) {
	content, err := os.ReadFile(file)
	if err != nil {
		return
	}
	present, err := strconv.ParseUint(strings.TrimSpace(string(content)), 10, 64)
	if err != nil || present >= least {
		return
	}
	if err := os.WriteFile(file, []byte(strconv.FormatUint(least, 10)), 0o644); err != nil {
		say("warning: %s stays at %d: %v", file, present, err)
		return
	}
	say("raised %s from %d to %d", file, present, least)
}

// identify gives the node a machine id of its own, the same after every start; the kubelet reports it.
func identify(name string) error {
	sum := sha256.Sum256([]byte(name))
	return writeFile("/etc/machine-id", []byte(hex.EncodeToString(sum[:16])+"\n"), 0o444)
}

// shutDown ends what runs in the reverse order of its start; those that do not depend on each other, together.
func (n *node) shutDown() {
	first := map[string]bool{"containerd": true, "etcd": true, "kube-apiserver": true}
	var together sync.WaitGroup
	for _, p := range n.programs {
		if !first[p.name] {
			together.Go(p.end)
		}
	}
	together.Wait()
	for i := len(n.programs) - 1; i >= 0; i-- {
		if p := n.programs[i]; first[p.name] {
			p.end()
		}
	}
}
