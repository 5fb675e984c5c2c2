package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

var (
	nodesResource      = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	configMapsResource = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

	podsResource            = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	namespacesResource      = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	networkPoliciesResource = schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"}
)

// clusterObjects is what a cluster needs before its first agent can join.
//
//go:embed cluster.yaml
var clusterObjects string

// network is what every node must know of the cluster's addresses. The server publishes it, agents read it when they join.
type network struct {
	ClusterCIDR   string `json:"clusterCIDR"`
	ServiceCIDR   string `json:"serviceCIDR"`
	ClusterDNS    string `json:"clusterDNS"`
	ClusterDomain string `json:"clusterDomain"`
	NetworkPolicy string `json:"networkPolicy"`
}

const policiesOff = "off"

const networkConfigMap = "k3s-network"

func (a access) connect() (dynamic.Interface, error) {
	config := &rest.Config{
		Host:            a.server,
		BearerTokenFile: a.tokenFile,
		TLSClientConfig: rest.TLSClientConfig{CAData: a.ca, ServerName: a.serverName},
		QPS:             50,
		Burst:           100,
	}
	if a.client != nil {
		config.CertFile, config.KeyFile = a.client.certFile, a.client.keyFile
	}
	return dynamic.NewForConfig(config)
}

// apply creates or updates the objects of a YAML stream by server-side apply.
func apply(ctx context.Context, client dynamic.Interface, stream string) error {
	for _, document := range strings.Split(stream, "\n---\n") {
		var object unstructured.Unstructured
		if err := yaml.Unmarshal([]byte(document), &object.Object); err != nil {
			return err
		}
		kind := object.GroupVersionKind()
		resource := kind.GroupVersion().WithResource(strings.ToLower(kind.Kind) + "s")
		var target dynamic.ResourceInterface = client.Resource(resource)
		if namespace := object.GetNamespace(); namespace != "" {
			target = client.Resource(resource).Namespace(namespace)
		}
		if _, err := target.Apply(ctx, object.GetName(), &object, metav1.ApplyOptions{FieldManager: "k3s", Force: true}); err != nil {
			return fmt.Errorf("%s %s: %w", kind.Kind, object.GetName(), err)
		}
	}
	return nil
}

// publish tells agents the network settings, as the last of the objects: who can read them can join.
func (n network) publish(ctx context.Context, client dynamic.Interface) error {
	if err := apply(ctx, client, clusterObjects); err != nil {
		return err
	}
	settings, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": networkConfigMap, "namespace": "kube-system"},
		"data":     n,
	})
	if err != nil {
		return err
	}
	return apply(ctx, client, string(settings))
}

// fetchNetwork waits for the settings. A refused token is said at once, and asked again: the server may be the one to
// be restarted with the right one.
func fetchNetwork(ctx context.Context, client dynamic.Interface, server string) (network, error) {
	var n network
	for said := ""; ; {
		object, err := client.Resource(configMapsResource).Namespace("kube-system").Get(ctx, networkConfigMap, metav1.GetOptions{})
		switch {
		case err == nil:
			data, _, err := unstructured.NestedMap(object.Object, "data")
			if err != nil {
				return n, err
			}
			content, err := json.Marshal(data)
			if err != nil {
				return n, err
			}
			return n, json.Unmarshal(content, &n)
		case apierrors.IsUnauthorized(err):
			text := fmt.Sprintf("%s refuses the token: --token (K3S_TOKEN) must be the server's own; trying again", server)
			if text != said {
				say("%s", text)
				said = text
			}
			if err := pause(ctx, 2*time.Second); err != nil {
				return n, err
			}
		default:
			// Not served yet, or our role is not there yet.
			if err := pause(ctx, 200*time.Millisecond); err != nil {
				return n, err
			}
		}
	}
}

// labelControlPlane marks a server's node as k3s does; a kubelet may not give itself this label.
func labelControlPlane(ctx context.Context, client dynamic.Interface, node string) error {
	patch := []byte(`{"metadata":{"labels":{"node-role.kubernetes.io/control-plane":"true"}}}`)
	_, err := client.Resource(nodesResource).Patch(ctx, node, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}
