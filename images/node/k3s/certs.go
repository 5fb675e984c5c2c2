package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// A testbed outlives no certificate: expiry is not among the faults it is made for.
const certLifetime = 10 * 365 * 24 * time.Hour

// keyPair is a certificate with its key, and the files they are kept in.
type keyPair struct {
	cert     *x509.Certificate
	key      crypto.Signer
	certFile string
	keyFile  string
}

// certRequest says whom a certificate is for. Client certificates carry user and groups, serving ones the names.
type certRequest struct {
	user   string
	groups []string
	names  []string
	usage  x509.ExtKeyUsage
}

// certStore keeps all keys and certificates of a cluster in one directory, so that a restarted server is the same
// cluster to its agents.
type certStore struct{ dir string }

func (s certStore) path(file string) string { return filepath.Join(s.dir, file) }

// authority returns the CA of that name, made on first use.
func (s certStore) authority(name string) (keyPair, error) {
	pair := keyPair{certFile: s.path(name + ".crt"), keyFile: s.path(name + ".key")}
	var err error
	if pair.key, err = s.signingKey(name); err != nil {
		return pair, err
	}
	if content, err := os.ReadFile(pair.certFile); err == nil {
		pair.cert, err = parseCertificate(content)
		return pair, err
	} else if !errors.Is(err, fs.ErrNotExist) {
		return pair, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: fmt.Sprintf("k3s-%s@%d", name, now.Unix())},
		NotBefore:             now.Add(-time.Hour), // a node's clock may lag behind the server's
		NotAfter:              now.Add(certLifetime),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, pair.key.Public(), pair.key)
	if err != nil {
		return pair, err
	}
	if pair.cert, err = x509.ParseCertificate(der); err != nil {
		return pair, err
	}
	return pair, writeFile(pair.certFile, encodeCertificate(der), 0o644)
}

// signingKey returns the private key of that name, made on first use.
func (s certStore) signingKey(name string) (crypto.Signer, error) {
	file := s.path(name + ".key")
	content, err := os.ReadFile(file)
	if err == nil {
		block, _ := pem.Decode(content)
		if block == nil {
			return nil, fmt.Errorf("%s: not a PEM file", file)
		}
		key, err := x509.ParseECPrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		return key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writeFile(file, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

// issue signs a certificate and writes it with the authority's behind it. It is made anew at every start, with the key
// it had: names and addresses of the node may have changed.
func (s certStore) issue(authority keyPair, name string, request certRequest) (keyPair, error) {
	pair := keyPair{certFile: s.path(name + ".crt"), keyFile: s.path(name + ".key")}
	var err error
	if pair.key, err = s.signingKey(name); err != nil {
		return pair, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: request.user, Organization: request.groups},
		NotBefore:    authority.cert.NotBefore,
		NotAfter:     now.Add(certLifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:  []x509.ExtKeyUsage{request.usage},
	}
	template.DNSNames, template.IPAddresses = subjectAlternatives(request.names)
	der, err := x509.CreateCertificate(rand.Reader, template, authority.cert, pair.key.Public(), authority.key)
	if err != nil {
		return pair, err
	}
	if pair.cert, err = x509.ParseCertificate(der); err != nil {
		return pair, err
	}
	return pair, writeFile(pair.certFile, append(encodeCertificate(der), encodeCertificate(authority.cert.Raw)...), 0o644)
}

// subjectAlternatives tells addresses from names and drops repetitions.
func subjectAlternatives(names []string) (dns []string, ips []net.IP) {
	seen := map[string]bool{}
	for _, name := range names {
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		if ip := net.ParseIP(name); ip != nil {
			ips = append(ips, ip)
		} else {
			dns = append(dns, name)
		}
	}
	return dns, ips
}

func encodeCertificate(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func parseCertificate(content []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, errors.New("not a PEM certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}

// hash identifies an authority in a full token, as k3s does: over the PEM file that agents are handed.
func caHash(pemFile []byte) string {
	sum := sha256.Sum256(pemFile)
	return hex.EncodeToString(sum[:])
}

// writeFile makes the directory too, and never leaves half a file behind for a restart to stumble over.
func writeFile(file string, content []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	fresh := file + ".new"
	if err := os.WriteFile(fresh, content, mode); err != nil {
		return err
	}
	if err := os.Chmod(fresh, mode); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}
