package main

import (
	"encoding/base64"
	"encoding/json"
	"os"

	"sigs.k8s.io/yaml"
)

// access is how a program reaches the API server: whom it trusts and who it says it is.
type access struct {
	server string
	ca     []byte
	// serverName is checked in the certificate instead of the URL's host, so that agents may reach the server under any
	// name or address.
	serverName string
	tokenFile  string
	client     *keyPair
}

// apiServerName is always among the names of the API server's certificate.
const apiServerName = "kubernetes.default.svc"

// kubeconfig renders the file; certificates are embedded, since admins copy it elsewhere.
func (a access) kubeconfig() ([]byte, error) {
	user := map[string]any{}
	if a.tokenFile != "" {
		user["tokenFile"] = a.tokenFile
	}
	if a.client != nil {
		cert, err := os.ReadFile(a.client.certFile)
		if err != nil {
			return nil, err
		}
		key, err := os.ReadFile(a.client.keyFile)
		if err != nil {
			return nil, err
		}
		user["client-certificate-data"] = base64.StdEncoding.EncodeToString(cert)
		user["client-key-data"] = base64.StdEncoding.EncodeToString(key)
	}
	cluster := map[string]any{"server": a.server, "certificate-authority-data": base64.StdEncoding.EncodeToString(a.ca)}
	if a.serverName != "" {
		cluster["tls-server-name"] = a.serverName
	}
	config := map[string]any{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": "default",
		"clusters":        []any{map[string]any{"name": "default", "cluster": cluster}},
		"users":           []any{map[string]any{"name": "default", "user": user}},
		"contexts":        []any{map[string]any{"name": "default", "context": map[string]any{"cluster": "default", "user": "default"}}},
	}
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	return yaml.JSONToYAML(text)
}

func (a access) write(file string, mode os.FileMode) error {
	content, err := a.kubeconfig()
	if err != nil {
		return err
	}
	return writeFile(file, content, mode)
}
