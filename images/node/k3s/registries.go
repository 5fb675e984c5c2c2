package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

const registriesFile = "/etc/rancher/k3s/registries.yaml"

// registries is k3s's registries.yaml, as far as this node honours it; anything else in the file is an error.
type registries struct {
	Mirrors map[string]struct {
		Endpoint []string `json:"endpoint"`
	} `json:"mirrors"`
	Configs map[string]struct {
		TLS struct {
			InsecureSkipVerify bool   `json:"insecure_skip_verify"`
			CAFile             string `json:"ca_file"`
			CertFile           string `json:"cert_file"`
			KeyFile            string `json:"key_file"`
		} `json:"tls"`
	} `json:"configs"`
}

func readRegistries(file string) (registries, error) {
	var r registries
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	return parseRegistries(file, content)
}

func parseRegistries(file string, content []byte) (registries, error) {
	var r registries
	if err := yaml.UnmarshalStrict(content, &r); err != nil {
		return r, fmt.Errorf("%s: %w (understood: mirrors.<host>.endpoint and configs.<host>.tls)", file, err)
	}
	for host, mirror := range r.Mirrors {
		for _, endpoint := range mirror.Endpoint {
			if u, err := url.Parse(endpoint); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
				return r, fmt.Errorf("%s: mirrors.%s.endpoint: %q is not of the form http://host:port", file, host, endpoint)
			}
		}
	}
	return r, nil
}

// hostsFiles renders containerd's hosts.toml files by the registry they are for. "*" stands for every registry without
// an entry of its own; containerd calls that _default.
func (r registries) hostsFiles() map[string]string {
	hosts := map[string]bool{}
	for host := range r.Mirrors {
		hosts[host] = true
	}
	for host := range r.Configs {
		hosts[host] = true
	}
	files := map[string]string{}
	for host := range hosts {
		var text strings.Builder
		folder := host
		switch host {
		case "*":
			folder = "_default"
		case "docker.io":
			text.WriteString("server = \"https://registry-1.docker.io\"\n")
		default:
			fmt.Fprintf(&text, "server = %q\n", "https://"+host)
		}
		endpoints := r.Mirrors[host].Endpoint
		if len(endpoints) == 0 && host != "*" {
			endpoints = []string{"https://" + host}
		}
		for _, endpoint := range endpoints {
			fmt.Fprintf(&text, "\n[host.%q]\n  capabilities = [\"pull\", \"resolve\"]\n", endpoint)
			u, err := url.Parse(endpoint)
			if err != nil {
				continue
			}
			tls := r.Configs[u.Host].TLS
			if tls.InsecureSkipVerify {
				text.WriteString("  skip_verify = true\n")
			}
			if tls.CAFile != "" {
				fmt.Fprintf(&text, "  ca = %q\n", tls.CAFile)
			}
			if tls.CertFile != "" {
				fmt.Fprintf(&text, "  client = [[%q, %q]]\n", tls.CertFile, tls.KeyFile)
			}
		}
		files[folder] = text.String()
	}
	return files
}

// writeHostsFiles replaces the whole folder: a mirror that left registries.yaml is gone after a restart.
func writeHostsFiles(folder string, files map[string]string) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	hosts := make([]string, 0, len(files))
	for host := range files {
		hosts = append(hosts, host)
	}
	sort.Strings(hosts)
	for _, host := range hosts {
		if err := writeFile(filepath.Join(folder, host, "hosts.toml"), []byte(files[host]), 0o644); err != nil {
			return err
		}
	}
	return nil
}
