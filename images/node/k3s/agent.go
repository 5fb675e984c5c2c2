package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"
)

const (
	agentFolder        = "/var/lib/rancher/k3s/agent"
	agentCA            = agentFolder + "/server-ca.crt"
	agentToken         = agentFolder + "/token"
	kubeletConfig      = agentFolder + "/etc/kubelet.yaml"
	kubeletDropIns     = agentFolder + "/etc/kubelet.conf.d"
	kubeletKubeconfig  = agentFolder + "/kubelet.kubeconfig"
	bootstrapConfig    = agentFolder + "/bootstrap-kubelet.kubeconfig"
	kubeletPKI         = agentFolder + "/pki"
	proxyKubeconfig    = agentFolder + "/kubeproxy.kubeconfig"
	kubeletDataFolder  = "/var/lib/kubelet"
	userKubeletSetting = kubeletDropIns + "/50-user.conf"
)

// node is one running node: what it was told, and what it runs.
type node struct {
	options
	name     string
	address  string
	cgroup   string
	children *children
	programs []*program // in the order they started
}

func (n *node) keepRunning(p *program) {
	n.programs = append(n.programs, n.children.keepRunning(p))
}

// join makes this container a node of the cluster behind agent's access.
func (n *node) join(ctx context.Context, api access, net network, client dynamic.Interface) error {
	resolv, err := prepareDNS(ctx)
	if err != nil {
		return err
	}
	userConfig, kubeletArgs := take(n.kubeletArgs, "config")
	if err := n.writeKubeletConfig(net, resolv, userConfig); err != nil {
		return err
	}
	if err := api.write(proxyKubeconfig, 0o600); err != nil {
		return err
	}
	if err := awaitSocket(ctx, containerdSocket); err != nil {
		return err
	}
	importImages(ctx, n.children, n.snapshotter)

	n.keepRunning(&program{
		name: "kubelet", path: programsFolder + "/kubernetes", grace: 2 * time.Second,
		args: func() []string { return arguments(n.kubeletFlags(), kubeletArgs) },
	})
	n.keepRunning(&program{
		name: "kube-proxy", path: programsFolder + "/kubernetes", grace: time.Second,
		args: func() []string { return arguments(n.proxyFlags(net), n.proxyArgs) },
	})
	pods := &podNetwork{node: n.name, nodeIP: n.address, clusterCIDR: net.ClusterCIDR, serviceCIDR: net.ServiceCIDR, children: n.children}
	go pods.run(ctx, client)
	if net.NetworkPolicy != policiesOff {
		go (&networkPolicies{node: n.name, children: n.children}).run(ctx, client)
	}
	return nil
}

func (n *node) kubeletFlags() []flag {
	flags := []flag{
		{"config", kubeletConfig},
		{"config-dir", kubeletDropIns},
		{"kubeconfig", kubeletKubeconfig},
		{"cert-dir", kubeletPKI},
		{"root-dir", kubeletDataFolder},
		{"hostname-override", n.name},
		{"node-ip", n.address},
		{"v", verbosity(n.debug)},
	}
	if !n.server {
		flags = append(flags, flag{"bootstrap-kubeconfig", bootstrapConfig})
	}
	if len(n.nodeLabels) > 0 {
		flags = append(flags, flag{"node-labels", strings.Join(n.nodeLabels, ",")})
	}
	if len(n.nodeTaints) > 0 {
		flags = append(flags, flag{"register-with-taints", strings.Join(n.nodeTaints, ",")})
	}
	return flags
}

func (n *node) proxyFlags(net network) []flag {
	return []flag{
		{"kubeconfig", proxyKubeconfig},
		{"hostname-override", n.name},
		{"proxy-mode", "iptables"},
		{"cluster-cidr", net.ClusterCIDR},
		// The conntrack sysctls belong to the host and are read-only in a container: 0 leaves them alone.
		{"conntrack-max-per-core", "0"},
		{"conntrack-tcp-timeout-established", "0s"},
		{"conntrack-tcp-timeout-close-wait", "0s"},
		{"v", verbosity(n.debug)},
	}
}

func verbosity(debug bool) string {
	if debug {
		return "4"
	}
	return "1"
}

// writeKubeletConfig writes ours, and beside it the user's (--kubelet-arg=config=…) as a drop-in, which the kubelet lays
// over it.
func (n *node) writeKubeletConfig(net network, resolv, userFile string) error {
	if err := os.RemoveAll(kubeletDropIns); err != nil {
		return err
	}
	if err := os.MkdirAll(kubeletDropIns, 0o755); err != nil {
		return err
	}
	if userFile != "" {
		content, err := os.ReadFile(userFile)
		if err != nil {
			return fmt.Errorf("--kubelet-arg=config=%s: %w", userFile, err)
		}
		if err := writeFile(userKubeletSetting, content, 0o644); err != nil {
			return err
		}
	}
	content, err := yaml.Marshal(kubeletSettings(n.cgroup, resolv, net))
	if err != nil {
		return err
	}
	return writeFile(kubeletConfig, content, 0o644)
}

// kubeletSettings differ from the kubelet's defaults where a node is a container among others on one machine: the disk
// and the memory that evictions and image garbage collection look at are shared, so neither may react to them.
func kubeletSettings(cgroup, resolv string, net network) map[string]any {
	return map[string]any{
		"apiVersion": "kubelet.config.k8s.io/v1beta1",
		"kind":       "KubeletConfiguration",
		"authentication": map[string]any{
			"anonymous": map[string]any{"enabled": false},
			"webhook":   map[string]any{"enabled": true},
			"x509":      map[string]any{"clientCAFile": agentCA},
		},
		"authorization":               map[string]any{"mode": "Webhook"},
		"cgroupDriver":                "cgroupfs",
		"cgroupRoot":                  cgroup,
		"clusterDNS":                  []string{net.ClusterDNS},
		"clusterDomain":               net.ClusterDomain,
		"containerRuntimeEndpoint":    "unix://" + containerdSocket,
		"containerLogMaxFiles":        2,
		"containerLogMaxSize":         "5Mi",
		"evictionHard":                map[string]string{"imagefs.available": "0%", "imagefs.inodesFree": "0%", "nodefs.available": "0%", "nodefs.inodesFree": "0%"},
		"imageGCHighThresholdPercent": 100,
		"failCgroupV1":                false,
		"failSwapOn":                  false,
		"resolvConf":                  resolv,
		"rotateCertificates":          true,
		"serializeImagePulls":         false,
		"registryPullQPS":             0,
		"volumeStatsAggPeriod":        "10m0s",
		"enableProfilingHandler":      false,
	}
}

// authenticate makes an agent's access: the server's CA, believed as the token says, and the token itself.
func authenticate(ctx context.Context, o options) (access, error) {
	secret, hash, err := secretOf(o.token)
	if err != nil {
		return access{}, err
	}
	ca, err := awaitAuthority(ctx, o.serverURL, hash)
	if err != nil {
		return access{}, err
	}
	known, _ := os.ReadFile(agentCA)
	if len(known) > 0 && string(known) != string(ca) {
		say("the server has a new CA: it is another cluster than last time, so the old certificate of this node is dropped")
		if err := forgetIdentity(); err != nil {
			return access{}, err
		}
	}
	if err := writeFile(agentCA, ca, 0o644); err != nil {
		return access{}, err
	}
	if err := writeFile(agentToken, []byte(secret), 0o600); err != nil {
		return access{}, err
	}
	api := access{server: o.serverURL, ca: ca, serverName: apiServerName, tokenFile: agentToken}
	return api, api.write(bootstrapConfig, 0o600)
}

func awaitAuthority(ctx context.Context, server, hash string) ([]byte, error) {
	for said := ""; ; {
		ca, err := fetchAuthority(ctx, server, hash)
		if err == nil {
			return ca, nil
		}
		if text := err.Error(); text != said {
			say("waiting for the server: %v", err)
			said = text
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func forgetIdentity() error {
	for _, path := range []string{kubeletKubeconfig, kubeletPKI} {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// runAgent joins the server and stays until ctx ends.
func (n *node) runAgent(ctx context.Context) error {
	api, err := authenticate(ctx, n.options)
	if err != nil {
		return err
	}
	client, err := api.connect()
	if err != nil {
		return err
	}
	net, err := fetchNetwork(ctx, client, api.server)
	if err != nil {
		return err
	}
	say("joining %s as %s, %s", api.server, n.name, n.address)
	return n.join(ctx, api, net, client)
}
