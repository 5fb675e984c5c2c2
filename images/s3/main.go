// Command s3 serves a folder as an S3 object store over TLS: VersityGW as a library, with one account and one bucket.
//
// Environment: S3_ACCESS_KEY and S3_SECRET_KEY, the account; S3_BUCKET, made if it is missing; S3_REGION (us-east-1);
// S3_DATA (/data), where everything is kept; S3_LISTEN (:9000).
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	settings, err := settingsFrom(os.Getenv)
	if err == nil {
		err = serve(ctx, log, settings)
	}
	if err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

type settings struct {
	accessKey, secretKey, bucket, region, data, listen string
}

func settingsFrom(env func(string) string) (settings, error) {
	var problems []error
	required := func(name string) string {
		if env(name) == "" {
			problems = append(problems, fmt.Errorf("%s is not set", name))
		}
		return env(name)
	}
	or := func(name, otherwise string) string {
		if given := env(name); given != "" {
			return given
		}
		return otherwise
	}
	s := settings{
		accessKey: required("S3_ACCESS_KEY"), secretKey: required("S3_SECRET_KEY"), bucket: required("S3_BUCKET"),
		region: or("S3_REGION", "us-east-1"), data: or("S3_DATA", "/data"), listen: or("S3_LISTEN", ":9000"),
	}
	if s.bucket != "" && filepath.Base(s.bucket) != s.bucket {
		problems = append(problems, fmt.Errorf("S3_BUCKET=%q is not the name of a bucket", s.bucket))
	}
	return s, errors.Join(problems...)
}

func serve(ctx context.Context, log *slog.Logger, s settings) error {
	objects, attributes := filepath.Join(s.data, "objects"), filepath.Join(s.data, "attributes")
	for _, folder := range []string{filepath.Join(objects, s.bucket), attributes} {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return err
		}
	}
	// Beside the objects rather than in extended attributes, which not every volume has.
	attributesOf, err := meta.NewSideCar(attributes)
	if err != nil {
		return err
	}
	store, err := posix.New(objects, attributesOf, posix.PosixOpts{SideCarDir: attributes, ForceNoTmpFile: true, Concurrency: 32})
	if err != nil {
		return err
	}
	certificates, err := os.MkdirTemp("", "s3-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(certificates) }()
	certificate, key, err := selfSigned(certificates)
	if err != nil {
		return err
	}
	log.Info("serving", "listen", s.listen, "bucket", s.bucket, "data", s.data)
	return embedgw.RunVersityGW(ctx, store, &embedgw.Config{
		RootUserAccess: s.accessKey, RootUserSecret: s.secretKey, Region: s.region, Ports: []string{s.listen},
		MaxConnections: 512, MaxRequests: 256, MultipartMaxParts: 10_000,
		CertFile: certificate, KeyFile: key, KeepAlive: true, Quiet: true, HealthPath: "/healthz",
	})
}

// selfSigned makes a certificate that lives as long as the process. Clients cannot verify it, and it proves nothing; it is there
// because pgBackRest speaks to object stores in TLS only.
func selfSigned(folder string) (certificate, key string, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
	if err != nil {
		return "", "", err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "aeterna-s3"}, DNSNames: []string{"aeterna-s3", "localhost"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return "", "", err
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		return "", "", err
	}
	certificate, key = filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	return certificate, key, errors.Join(
		os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: encoded}), 0o600))
}
