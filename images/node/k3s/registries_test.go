package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMirrorsBecomeHostsFiles(t *testing.T) {
	r, err := parseRegistries("registries.yaml", []byte(`
mirrors:
  "*": {endpoint: ["http://172.30.0.50:5000"]}
  docker.io: {endpoint: ["http://a:5000", "https://b"]}
  quay.io: {endpoint: ["https://b"]}
configs:
  b: {tls: {insecure_skip_verify: true, ca_file: /etc/ca.pem}}
  own.example:5443: {tls: {cert_file: /c.pem, key_file: /k.pem}}
`))
	if err != nil {
		t.Fatal(err)
	}
	files := r.hostsFiles()
	for host, parts := range map[string][]string{
		"_default":         {`[host."http://172.30.0.50:5000"]`},
		"docker.io":        {`server = "https://registry-1.docker.io"`, `[host."http://a:5000"]`, `[host."https://b"]`, "skip_verify = true", `ca = "/etc/ca.pem"`},
		"quay.io":          {`server = "https://quay.io"`},
		"own.example:5443": {`[host."https://own.example:5443"]`, `client = [["/c.pem", "/k.pem"]]`},
	} {
		for _, part := range parts {
			if !strings.Contains(files[host], part) {
				t.Errorf("%s lacks %s:\n%s", host, part, files[host])
			}
		}
	}
	if strings.Contains(files["_default"], "server =") {
		t.Error("_default must leave the registry as the image's name says")
	}
	if a, b := strings.Index(files["docker.io"], "http://a"), strings.Index(files["docker.io"], "https://b"); a > b {
		t.Error("endpoints are not tried in the order given")
	}
}

func TestAMirrorThatLeftIsForgotten(t *testing.T) {
	folder := t.TempDir()
	for _, files := range []map[string]string{{"old.example": "x"}, {"new.example": "y"}} {
		if err := writeHostsFiles(folder, files); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "old.example")); err == nil {
		t.Error("old.example is still there")
	}
}

func TestBrokenRegistriesFilesAreNamed(t *testing.T) {
	for content, says := range map[string]string{
		"mirrors: {docker.io: {endpoints: [x]}}":                                   "endpoints",
		"mirrors: {docker.io: {endpoint: [172.30.0.50:5000]}}":                     "172.30.0.50:5000",
		"mirrors: {docker.io: {endpoint: ['http://a'], rewrite: {'^(.*)': '$1'}}}": "rewrite",
	} {
		if _, err := parseRegistries("/etc/r.yaml", []byte(content)); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "/etc/r.yaml") {
			t.Errorf("%s: error %v", content, err)
		}
	}
}

func TestTheRuntimeIsWrappedOnlyWhereACapabilityIsMissing(t *testing.T) {
	for status, want := range map[string]string{
		"CapBnd:\t000001ffffffffff\n": "/usr/sbin/runc",
		"CapBnd:\t000001fffeffffff\n": programsFolder + "/runc-without-sys-resource",
		"Name:\tk3s\n":                "/usr/sbin/runc",
	} {
		if got := ociRuntime(status); got != want {
			t.Errorf("%q: %s, want %s", status, got, want)
		}
	}
}
