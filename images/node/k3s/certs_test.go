package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"reflect"
	"strings"
	"testing"
)

func serving(t *testing.T, dir string, names ...string) (authority, leaf keyPair) {
	t.Helper()
	store := certStore{dir: dir}
	authority, err := store.authority("server-ca")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err = store.issue(authority, "serving", certRequest{user: "kube-apiserver", names: names, usage: x509.ExtKeyUsageServerAuth})
	if err != nil {
		t.Fatal(err)
	}
	return authority, leaf
}

func TestServingCertificateIsValidForEveryName(t *testing.T) {
	authority, leaf := serving(t, t.TempDir(), "localhost", "10.43.0.1", "", "localhost", "server.example")
	pool := x509.NewCertPool()
	pool.AddCert(authority.cert)
	for _, name := range []string{"localhost", "10.43.0.1", "server.example"} {
		if _, err := leaf.cert.Verify(x509.VerifyOptions{DNSName: name, Roots: pool}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := leaf.cert.Verify(x509.VerifyOptions{DNSName: "other.example", Roots: pool}); err == nil {
		t.Error("other.example was accepted too")
	}
}

func TestClientCertificateCarriesUserAndGroups(t *testing.T) {
	store := certStore{dir: t.TempDir()}
	authority, err := store.authority("server-ca")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := store.issue(authority, "node", certRequest{user: "system:node:one", groups: []string{"system:nodes"}, usage: x509.ExtKeyUsageClientAuth})
	if err != nil {
		t.Fatal(err)
	}
	if s := leaf.cert.Subject; s.CommonName != "system:node:one" || len(s.Organization) != 1 || s.Organization[0] != "system:nodes" {
		t.Errorf("subject %s", s)
	}
}

func TestARestartKeepsAuthorityAndKeysAndTakesNewNames(t *testing.T) {
	dir := t.TempDir()
	before, leafBefore := serving(t, dir, "old.example")
	after, leafAfter := serving(t, dir, "new.example")
	if !before.cert.Equal(after.cert) {
		t.Error("the authority is another one: agents would have to join again")
	}
	if !reflect.DeepEqual(leafBefore.key.Public(), leafAfter.key.Public()) {
		t.Error("the serving key is another one")
	}
	if leafAfter.cert.VerifyHostname("new.example") != nil {
		t.Error("the new name is missing")
	}
	if leafAfter.cert.VerifyHostname("old.example") == nil {
		t.Error("the old name is still there")
	}
}

func TestADamagedKeyIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/server-ca.key", []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (certStore{dir: dir}).authority("server-ca"); err == nil || !strings.Contains(err.Error(), "server-ca.key") {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestAgentReadsTheAuthorityFromTheHandshake(t *testing.T) {
	authority, leaf := serving(t, t.TempDir(), "127.0.0.1")
	certificate, err := tls.LoadX509KeyPair(leaf.certFile, leaf.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func(c net.Conn) { c.(*tls.Conn).Handshake(); c.Close() }(connection)
		}
	}()
	url := "https://" + listener.Addr().String()
	want := encodeCertificate(authority.cert.Raw)
	for _, hash := range []string{"", caHash(want)} {
		got, err := fetchAuthority(context.Background(), url, hash)
		if err != nil || string(got) != string(want) {
			t.Errorf("hash %q: got %s, %v", hash, got, err)
		}
	}
	if _, err := fetchAuthority(context.Background(), url, caHash([]byte("another"))); err == nil {
		t.Error("a server with another CA than the token's was believed")
	}
}

func TestTokens(t *testing.T) {
	hash := caHash([]byte("x"))
	for _, c := range []struct{ token, secret, hash string }{
		{"secret", "secret", ""},
		{"K10" + hash + "::server:secret", "secret", hash},
		{"K10", "K10", ""},
		{"K10plainword", "K10plainword", ""},
	} {
		secret, hash, err := secretOf(c.token)
		if err != nil || secret != c.secret || hash != c.hash {
			t.Errorf("%s: %q %q %v", c.token, secret, hash, err)
		}
	}
	for _, broken := range []string{"K10abc::server:secret", "K10" + hash + "::secret", "K10" + hash + "::server:"} {
		if _, _, err := secretOf(broken); err == nil {
			t.Errorf("%s was accepted", broken)
		}
	}
}

func TestARandomTokenIsKept(t *testing.T) {
	file := t.TempDir() + "/token"
	first, err := serverToken("", file)
	if err != nil || len(first) < 16 {
		t.Fatalf("%q %v", first, err)
	}
	if err := os.WriteFile(file, []byte("K10"+caHash(nil)+"::server:"+first+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := serverToken("", file); err != nil || again != first {
		t.Errorf("after a restart %q, want %q (%v)", again, first, err)
	}
}

func TestATokenWithCommasAndQuotesStaysOneField(t *testing.T) {
	line, err := tokenLine(`a,"b`)
	if err != nil || !strings.HasPrefix(line, `"a,""b",k3s-agent,`) {
		t.Errorf("%s %v", line, err)
	}
}
