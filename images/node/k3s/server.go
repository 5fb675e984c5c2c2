package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

const (
	serverFolder  = "/var/lib/rancher/k3s/server"
	tlsFolder     = serverFolder + "/tls"
	credentials   = serverFolder + "/cred"
	etcdFolder    = serverFolder + "/db/etcd"
	tokenFile     = serverFolder + "/token"
	nodeTokenFile = serverFolder + "/node-token"
	staticTokens  = credentials + "/tokens.csv"
	localServer   = "https://127.0.0.1:6443"
)

// controlPlane is what the server's programs are started with.
type controlPlane struct {
	ca, frontProxyCA                        keyPair
	serving, toKubelet, frontProxy          keyPair
	admin, controllers, scheduler, ownAgent keyPair
	serviceAccountKey                       string
	token                                   string
}

// prepare makes or finds the cluster's keys, certificates, kubeconfigs and token.
func (n *node) prepare() (controlPlane, error) {
	var plane controlPlane
	store := certStore{dir: tlsFolder}
	var err error
	if plane.ca, err = store.authority("server-ca"); err != nil {
		return plane, err
	}
	if plane.frontProxyCA, err = store.authority("request-header-ca"); err != nil {
		return plane, err
	}
	if _, err = store.signingKey("service"); err != nil {
		return plane, err
	}
	plane.serviceAccountKey = store.path("service.key")

	client, server := x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth
	for _, wanted := range []struct {
		pair      *keyPair
		authority keyPair
		name      string
		request   certRequest
	}{
		{&plane.serving, plane.ca, "serving-kube-apiserver", certRequest{user: "kube-apiserver", names: n.serverNames(), usage: server}},
		{&plane.toKubelet, plane.ca, "client-kube-apiserver", certRequest{user: "kube-apiserver", usage: client}},
		{&plane.frontProxy, plane.frontProxyCA, "client-auth-proxy", certRequest{user: "system:auth-proxy", usage: client}},
		{&plane.admin, plane.ca, "client-admin", certRequest{user: "system:admin", groups: []string{"system:masters"}, usage: client}},
		{&plane.controllers, plane.ca, "client-controller", certRequest{user: "system:kube-controller-manager", usage: client}},
		{&plane.scheduler, plane.ca, "client-scheduler", certRequest{user: "system:kube-scheduler", usage: client}},
		{&plane.ownAgent, plane.ca, "client-kubelet", certRequest{user: "system:node:" + n.name, groups: []string{"system:nodes"}, usage: client}},
	} {
		if *wanted.pair, err = store.issue(wanted.authority, wanted.name, wanted.request); err != nil {
			return plane, err
		}
	}
	for file, pair := range map[string]*keyPair{
		credentials + "/admin.kubeconfig":      &plane.admin,
		credentials + "/controller.kubeconfig": &plane.controllers,
		credentials + "/scheduler.kubeconfig":  &plane.scheduler,
		kubeletKubeconfig:                      &plane.ownAgent,
	} {
		if err := plane.accessAs(pair).write(file, 0o600); err != nil {
			return plane, err
		}
	}
	return plane, plane.writeTokens(n.token)
}

func (p *controlPlane) accessAs(pair *keyPair) access {
	return access{server: localServer, ca: encodeCertificate(p.ca.cert.Raw), client: pair}
}

func (p *controlPlane) writeTokens(given string) error {
	var err error
	if p.token, err = serverToken(given, tokenFile); err != nil {
		return err
	}
	full := fmt.Sprintf("K10%s::server:%s\n", caHash(encodeCertificate(p.ca.cert.Raw)), p.token)
	for _, file := range []string{tokenFile, nodeTokenFile} {
		if err := writeFile(file, []byte(full), 0o600); err != nil {
			return err
		}
	}
	if err := writeFile(agentToken, []byte(p.token), 0o600); err != nil {
		return err
	}
	line, err := tokenLine(p.token)
	if err != nil {
		return err
	}
	return writeFile(staticTokens, []byte(line), 0o600)
}

// serverNames are all names under which the API server may be called.
func (n *node) serverNames() []string {
	host, _ := os.Hostname()
	names := []string{"kubernetes", "kubernetes.default", apiServerName, apiServerName + "." + n.clusterDomain,
		"localhost", "127.0.0.1", host, n.name, n.address, n.advertiseAddress, nthAddress(n.serviceCIDR, 1).String()}
	return append(names, n.tlsSANs...)
}

// runServer starts the control plane and then joins it as its first node.
func (n *node) runServer(ctx context.Context) error {
	if n.advertiseAddress == "" {
		n.advertiseAddress = n.address
	}
	plane, err := n.prepare()
	if err != nil {
		return err
	}
	kubernetes := programsFolder + "/kubernetes"
	n.keepRunning(&program{
		name: "etcd", path: programsFolder + "/etcd", grace: 2 * time.Second,
		args: func() []string { return arguments(etcdFlags(), nil) },
	})
	n.keepRunning(&program{
		name: "kube-apiserver", path: kubernetes, grace: 2 * time.Second,
		args: func() []string { return arguments(n.apiServerFlags(plane), n.apiServerArgs) },
	})
	admin := plane.accessAs(&plane.admin)
	client, err := admin.connect()
	if err != nil {
		return err
	}
	if err := awaitReady(ctx, admin); err != nil {
		return err
	}
	say("API server is ready")
	n.keepRunning(&program{
		name: "kube-controller-manager", path: kubernetes, grace: time.Second,
		args: func() []string { return arguments(n.controllerFlags(plane), n.controllerArgs) },
	})
	n.keepRunning(&program{
		name: "kube-scheduler", path: kubernetes, grace: time.Second,
		args: func() []string { return arguments(n.schedulerFlags(), n.schedulerArgs) },
	})

	net := network{ClusterCIDR: n.clusterCIDR, ServiceCIDR: n.serviceCIDR, ClusterDNS: n.clusterDNS, ClusterDomain: n.clusterDomain, NetworkPolicy: "on"}
	if n.noNetworkPolicy {
		net.NetworkPolicy = policiesOff
	}
	for {
		if err := net.publish(ctx, client); err == nil {
			break
		} else if ctx.Err() != nil {
			return ctx.Err()
		} else {
			say("preparing the cluster for agents: %v; trying again", err)
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	if err := writeFile(agentCA, admin.ca, 0o644); err != nil {
		return err
	}
	own := access{server: localServer, ca: admin.ca, tokenFile: agentToken}
	nodes, err := own.connect()
	if err != nil {
		return err
	}
	if err := n.join(ctx, own, net, nodes); err != nil {
		return err
	}
	mode, err := strconv.ParseUint(n.kubeconfigMode, 8, 32)
	if err != nil {
		return fmt.Errorf("--write-kubeconfig-mode=%s: not an octal file mode such as 644", n.kubeconfigMode)
	}
	if err := admin.write(n.kubeconfig, fs.FileMode(mode)); err != nil {
		return err
	}
	go n.announce(ctx, client)
	return nil
}

// announce prints the line that Testcontainers' K3sContainer waits for, once it is true: the node controller has seen
// this node and given it its pod network.
func (n *node) announce(ctx context.Context, client dynamic.Interface) {
	for pause(ctx, 100*time.Millisecond) == nil {
		object, err := client.Resource(nodesResource).Get(ctx, n.name, metav1.GetOptions{})
		if err != nil {
			continue
		}
		if cidr, _, _ := unstructured.NestedString(object.Object, "spec", "podCIDR"); cidr == "" {
			continue
		}
		if err := labelControlPlane(ctx, client, n.name); err != nil {
			continue
		}
		say("Node controller sync successful")
		return
	}
}

// awaitReady polls the API server's own opinion of itself.
func awaitReady(ctx context.Context, admin access) error {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(admin.ca)
	certificate, err := tls.LoadX509KeyPair(admin.client.certFile, admin.client.keyFile)
	if err != nil {
		return err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{certificate}}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Timeout: time.Second, Transport: transport}
	for {
		if answer, err := client.Get(admin.server + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// etcdFlags: a machine that is powered off by a fault here keeps its host's page cache, so nothing is gained by syncing,
// and on a shared disk much is lost.
func etcdFlags() []flag {
	client, peer := "http://127.0.0.1:2379", "http://127.0.0.1:2380"
	return []flag{
		{"name", "default"},
		{"data-dir", etcdFolder},
		{"unsafe-no-fsync", "true"},
		{"listen-client-urls", client},
		{"advertise-client-urls", client},
		{"listen-peer-urls", peer},
		{"initial-advertise-peer-urls", peer},
		{"initial-cluster", "default=" + peer},
		{"log-level", "warn"},
		{"snapshot-count", "10000"},
		{"auto-compaction-mode", "revision"},
		{"auto-compaction-retention", "5000"},
	}
}

func (n *node) apiServerFlags(p controlPlane) []flag {
	return []flag{
		{"advertise-address", n.advertiseAddress},
		{"allow-privileged", "true"},
		{"anonymous-auth", "false"},
		{"authorization-mode", "Node,RBAC"},
		{"client-ca-file", p.ca.certFile},
		{"enable-admission-plugins", "NodeRestriction"},
		{"enable-bootstrap-token-auth", "true"},
		{"etcd-servers", "http://127.0.0.1:2379"},
		{"kubelet-client-certificate", p.toKubelet.certFile},
		{"kubelet-client-key", p.toKubelet.keyFile},
		{"kubelet-preferred-address-types", "InternalIP,ExternalIP,Hostname"},
		{"profiling", "false"},
		{"proxy-client-cert-file", p.frontProxy.certFile},
		{"proxy-client-key-file", p.frontProxy.keyFile},
		{"requestheader-allowed-names", "system:auth-proxy"},
		{"requestheader-client-ca-file", p.frontProxyCA.certFile},
		{"requestheader-extra-headers-prefix", "X-Remote-Extra-"},
		{"requestheader-group-headers", "X-Remote-Group"},
		{"requestheader-username-headers", "X-Remote-User"},
		{"secure-port", "6443"},
		{"service-account-issuer", "https://kubernetes.default.svc." + n.clusterDomain},
		{"service-account-key-file", p.serviceAccountKey},
		{"service-account-signing-key-file", p.serviceAccountKey},
		{"service-cluster-ip-range", n.serviceCIDR},
		{"tls-cert-file", p.serving.certFile},
		{"tls-private-key-file", p.serving.keyFile},
		{"token-auth-file", staticTokens},
		{"v", verbosity(n.debug)},
	}
}

func (n *node) controllerFlags(p controlPlane) []flag {
	kubeconfig := filepath.Join(credentials, "controller.kubeconfig")
	return []flag{
		{"kubeconfig", kubeconfig},
		{"authentication-kubeconfig", kubeconfig},
		{"authorization-kubeconfig", kubeconfig},
		{"allocate-node-cidrs", "true"},
		{"bind-address", "127.0.0.1"},
		{"cluster-cidr", n.clusterCIDR},
		{"cluster-signing-cert-file", p.ca.certFile},
		{"cluster-signing-key-file", p.ca.keyFile},
		{"kube-api-qps", "100"},
		{"kube-api-burst", "200"},
		{"leader-elect", "false"},
		{"node-cidr-mask-size", "24"},
		{"profiling", "false"},
		{"root-ca-file", p.ca.certFile},
		{"service-account-private-key-file", p.serviceAccountKey},
		{"service-cluster-ip-range", n.serviceCIDR},
		{"use-service-account-credentials", "true"},
		{"v", verbosity(n.debug)},
	}
}

func (n *node) schedulerFlags() []flag {
	kubeconfig := filepath.Join(credentials, "scheduler.kubeconfig")
	return []flag{
		{"kubeconfig", kubeconfig},
		{"authentication-kubeconfig", kubeconfig},
		{"authorization-kubeconfig", kubeconfig},
		{"bind-address", "127.0.0.1"},
		{"kube-api-qps", "100"},
		{"kube-api-burst", "200"},
		{"leader-elect", "false"},
		{"profiling", "false"},
		{"v", verbosity(n.debug)},
	}
}
