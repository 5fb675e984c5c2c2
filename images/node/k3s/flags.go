package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// options is what a node was told on its command line and in its environment, in k3s's own terms.
type options struct {
	server bool

	token     string
	tokenFile string
	serverURL string
	debug     bool

	nodeName   string
	nodeIP     string
	nodeLabels []string
	nodeTaints []string

	advertiseAddress    string
	tlsSANs             []string
	clusterCIDR         string
	serviceCIDR         string
	clusterDNS          string
	clusterDomain       string
	kubeconfig          string
	kubeconfigMode      string
	disable             []string
	flannelBackend      string
	pauseImage          string
	snapshotter         string
	kubeletArgs         []string
	proxyArgs           []string
	apiServerArgs       []string
	controllerArgs      []string
	schedulerArgs       []string
	noNetworkPolicy     bool
	warnings            []string
	disableCloudControl bool
}

const usage = `usage: k3s server|agent [flags]
       k3s kubectl|ctr [arguments]
The flags are those of rancher/k3s; a flag that this node cannot honour is refused by name.`

// parse reads a command line as k3s does: the environment is the default, the command line wins, and a flag that k3s
// documents for servers only is unknown to an agent.
func parse(args []string, env func(string) string) (options, error) {
	var o options
	flags := pflag.NewFlagSet("k3s", pflag.ContinueOnError)
	flags.SetOutput(os.Stderr)
	flags.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "kube-controller-arg" {
			name = "kube-controller-manager-arg"
		}
		return pflag.NormalizedName(name)
	})
	flags.Usage = func() { fmt.Fprintf(os.Stderr, "%s\n%s", usage, flags.FlagUsages()) }

	if len(args) == 0 {
		return o, errors.New("no command given\n" + usage)
	}
	switch args[0] {
	case "server":
		o.server = true
	case "agent":
	default:
		return o, fmt.Errorf("unknown command %q\n%s", args[0], usage)
	}

	fromEnv := func(name, otherwise string) string {
		if value := env(name); value != "" {
			return value
		}
		return otherwise
	}
	flags.StringVarP(&o.token, "token", "t", env("K3S_TOKEN"), "shared secret of the cluster [$K3S_TOKEN]")
	flags.StringVar(&o.tokenFile, "token-file", env("K3S_TOKEN_FILE"), "file holding the token [$K3S_TOKEN_FILE]")
	flags.BoolVar(&o.debug, "debug", env("K3S_DEBUG") == "true" || env("K3S_DEBUG") == "1", "more verbose logs [$K3S_DEBUG]")
	flags.StringVar(&o.nodeName, "node-name", env("K3S_NODE_NAME"), "name of the node (default: host name) [$K3S_NODE_NAME]")
	flags.StringVarP(&o.nodeIP, "node-ip", "i", "", "address of the node (default: that of the interface with the default route)")
	flags.StringArrayVar(&o.nodeLabels, "node-label", nil, "label the node registers with, key=value; repeatable")
	flags.StringArrayVar(&o.nodeTaints, "node-taint", nil, "taint the node registers with, key=value:effect; repeatable")
	flags.StringArrayVar(&o.kubeletArgs, "kubelet-arg", nil, "argument for the kubelet, flag=value; repeatable")
	flags.StringArrayVar(&o.proxyArgs, "kube-proxy-arg", nil, "argument for kube-proxy, flag=value; repeatable")
	flags.StringVar(&o.pauseImage, "pause-image", defaultPauseImage, "image of the pod sandboxes")
	flags.StringVar(&o.snapshotter, "snapshotter", "overlayfs", "containerd snapshotter: overlayfs or native")
	if o.server {
		flags.StringVar(&o.advertiseAddress, "advertise-address", "", "address under which the API server is announced (default: node-ip)")
		flags.StringArrayVar(&o.tlsSANs, "tls-san", nil, "name or address to add to the API server's certificate; repeatable")
		flags.StringVar(&o.clusterCIDR, "cluster-cidr", "10.42.0.0/16", "network of the pods")
		flags.StringVar(&o.serviceCIDR, "service-cidr", "10.43.0.0/16", "network of the services")
		flags.StringVar(&o.clusterDNS, "cluster-dns", "", "address of the cluster's DNS service (default: the tenth of service-cidr)")
		flags.StringVar(&o.clusterDomain, "cluster-domain", "cluster.local", "DNS domain of the cluster")
		flags.StringVarP(&o.kubeconfig, "write-kubeconfig", "o", fromEnv("K3S_KUBECONFIG_OUTPUT", "/etc/rancher/k3s/k3s.yaml"), "where the admin's kubeconfig goes [$K3S_KUBECONFIG_OUTPUT]")
		flags.StringVar(&o.kubeconfigMode, "write-kubeconfig-mode", fromEnv("K3S_KUBECONFIG_MODE", "600"), "file mode of that kubeconfig [$K3S_KUBECONFIG_MODE]")
		flags.StringArrayVar(&o.disable, "disable", nil, "packaged component not to deploy (this node packages none); repeatable")
		flags.StringVar(&o.flannelBackend, "flannel-backend", "host-gw", "pod network; only host-gw is built in")
		flags.BoolVar(&o.noNetworkPolicy, "disable-network-policy", false, "enforce no network policies, on any node")
		flags.BoolVar(&o.disableCloudControl, "disable-cloud-controller", false, "accepted: this node runs no cloud controller")
		flags.StringArrayVar(&o.apiServerArgs, "kube-apiserver-arg", nil, "argument for kube-apiserver, flag=value; repeatable")
		flags.StringArrayVar(&o.controllerArgs, "kube-controller-manager-arg", nil, "argument for kube-controller-manager, flag=value; repeatable")
		flags.StringArrayVar(&o.schedulerArgs, "kube-scheduler-arg", nil, "argument for kube-scheduler, flag=value; repeatable")
	} else {
		flags.StringVarP(&o.serverURL, "server", "s", env("K3S_URL"), "server to join, https://host:6443 [$K3S_URL]")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return o, err
	}
	if rest := flags.Args(); len(rest) > 0 {
		return o, fmt.Errorf("unexpected argument %q after %s: flags begin with --", rest[0], args[0])
	}
	return o, o.complete()
}

// complete fills in what follows from other flags and refuses what cannot work.
func (o *options) complete() error {
	if o.token == "" && o.tokenFile != "" {
		content, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return fmt.Errorf("--token-file: %w", err)
		}
		o.token = strings.TrimSpace(string(content))
	}
	for flag, addresses := range map[string][]string{"node-ip": splitCommas([]string{o.nodeIP}), "advertise-address": {o.advertiseAddress}, "cluster-dns": {o.clusterDNS}} {
		for _, address := range addresses {
			if address != "" && net.ParseIP(address) == nil {
				return fmt.Errorf("--%s=%s: not an IP address", flag, address)
			}
		}
	}
	for _, taint := range o.nodeTaints {
		if !strings.Contains(taint, ":") {
			return fmt.Errorf("--node-taint=%s: no effect; write key=value:NoSchedule, :PreferNoSchedule or :NoExecute", taint)
		}
	}
	for flag, values := range map[string][]string{"node-label": o.nodeLabels, "kubelet-arg": o.kubeletArgs, "kube-proxy-arg": o.proxyArgs,
		"kube-apiserver-arg": o.apiServerArgs, "kube-controller-manager-arg": o.controllerArgs, "kube-scheduler-arg": o.schedulerArgs} {
		for _, value := range values {
			if strings.HasPrefix(value, "-") || strings.HasPrefix(value, "=") || value == "" {
				return fmt.Errorf("--%s=%s: write it without dashes, as key=value", flag, value)
			}
		}
	}
	switch o.snapshotter {
	case "overlayfs", "native":
	default:
		return fmt.Errorf("--snapshotter=%s: only overlayfs and native are built in", o.snapshotter)
	}
	if !o.server {
		return o.completeAgent()
	}

	o.tlsSANs = splitCommas(o.tlsSANs)
	for flag, cidr := range map[string]string{"cluster-cidr": o.clusterCIDR, "service-cidr": o.serviceCIDR} {
		address, _, err := net.ParseCIDR(cidr)
		if err != nil || address.To4() == nil {
			return fmt.Errorf("--%s=%s: not an IPv4 network such as 10.42.0.0/16", flag, cidr)
		}
	}
	if o.clusterDNS == "" {
		o.clusterDNS = nthAddress(o.serviceCIDR, 10).String()
	}
	if o.flannelBackend != "host-gw" {
		o.warnings = append(o.warnings, fmt.Sprintf("--flannel-backend=%s is not built in: pods are routed as with host-gw", o.flannelBackend))
	}
	return nil
}

func (o *options) completeAgent() error {
	if o.serverURL == "" {
		return errors.New("an agent needs a server to join: give --server=https://host:6443 or K3S_URL")
	}
	if o.token == "" {
		return errors.New("an agent needs the cluster's token: give --token or K3S_TOKEN")
	}
	server, err := url.Parse(o.serverURL)
	if err != nil || server.Scheme != "https" || server.Hostname() == "" {
		return fmt.Errorf("--server=%s: not of the form https://host:6443", o.serverURL)
	}
	if server.Port() == "" {
		server.Host += ":6443"
	}
	o.serverURL = "https://" + server.Host
	return nil
}

// splitCommas takes lists given as one flag (a,b) and as several apart.
func splitCommas(values []string) []string {
	var parts []string
	for _, value := range values {
		for _, part := range strings.Split(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// nthAddress counts from the network's own address: the first of the service network is the API server's.
func nthAddress(cidr string, n int) net.IP {
	_, network, err := net.ParseCIDR(cidr)
	if err != nil || network.IP.To4() == nil {
		return nil
	}
	address := append(net.IP(nil), network.IP.To4()...)
	for i := 3; i >= 0 && n > 0; i-- {
		n += int(address[i])
		address[i] = byte(n)
		n >>= 8
	}
	return address
}

// flag is one argument of a child program.
type flag struct{ name, value string }

// arguments turns our defaults and the user's key=value pairs into a command line on which the user wins: a flag that
// the user gives, once or several times, replaces our own of that name.
func arguments(defaults []flag, user []string) []string {
	given := map[string]bool{}
	for _, pair := range user {
		name, _, _ := strings.Cut(pair, "=")
		given[name] = true
	}
	var args []string
	for _, f := range defaults {
		if !given[f.name] {
			args = append(args, "--"+f.name+"="+f.value)
		}
	}
	for _, pair := range user {
		args = append(args, "--"+pair)
	}
	return args
}

// take removes every name=value of one name from a user's arguments and returns its last value.
func take(user []string, name string) (value string, rest []string) {
	for _, pair := range user {
		key, v, _ := strings.Cut(pair, "=")
		if key == name {
			value = v
			continue
		}
		rest = append(rest, pair)
	}
	return value, rest
}
