package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"
)

// agentGroup is whom the join token speaks for: it may ask for a kubelet's certificate, read what kube-proxy needs and
// the cluster's network settings, and nothing else.
const agentGroup = "k3s:agents"

// secretOf takes the secret out of a token. Two forms are in use: the secret alone, and
// K10<hash of the CA>::<user>:<secret>, which lets the agent recognise the server.
func secretOf(token string) (secret, hash string, err error) {
	rest, full := strings.CutPrefix(token, "K10")
	if !full || !strings.Contains(rest, "::") {
		return token, "", nil
	}
	hash, credentials, _ := strings.Cut(rest, "::")
	_, secret, found := strings.Cut(credentials, ":")
	if !found || secret == "" || len(hash) != 64 {
		return "", "", errors.New("the token begins with K10 but is not of the form K10<64 hex digits>::<user>:<secret>")
	}
	return secret, hash, nil
}

// serverToken is the user's token or, without one, a random one kept for the next start.
func serverToken(given, file string) (string, error) {
	if given != "" {
		secret, _, err := secretOf(given)
		return secret, err
	}
	if content, err := os.ReadFile(file); err == nil {
		secret, _, err := secretOf(strings.TrimSpace(string(content)))
		return secret, err
	}
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	return hex.EncodeToString(random), nil
}

// tokenLine is the API server's static token file: one line of CSV, quoted as CSV wants it.
func tokenLine(secret string) (string, error) {
	var text strings.Builder
	w := csv.NewWriter(&text)
	if err := w.Write([]string{secret, "k3s-agent", "k3s-agent", "system:bootstrappers," + agentGroup}); err != nil {
		return "", err
	}
	w.Flush()
	return text.String(), w.Error()
}

// fetchAuthority asks the server for its CA. With a bare secret the first answer is believed, as k3s does; a full token
// names the CA's hash, and anything else is refused.
func fetchAuthority(ctx context.Context, serverURL, hash string) ([]byte, error) {
	server, err := url.Parse(serverURL)
	if err != nil {
		return nil, err
	}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: 2 * time.Second}, Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // trust on first use
	connection, err := dialer.DialContext(ctx, "tcp", server.Host)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	chain := connection.(*tls.Conn).ConnectionState().PeerCertificates
	last := chain[len(chain)-1]
	if !last.IsCA {
		return nil, fmt.Errorf("%s does not show its CA: it is not a server of this kind", server.Host)
	}
	authority := encodeCertificate(last.Raw)
	if hash != "" && caHash(authority) != hash {
		return nil, fmt.Errorf("the CA of %s is not the one that the token names: is it the token of another cluster?", server.Host)
	}
	return authority, nil
}
