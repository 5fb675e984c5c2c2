package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestEveryBadSettingIsNamed(t *testing.T) {
	bad := map[string]string{"S3_BUCKET": "../etc"}
	_, err := settingsFrom(func(name string) string { return bad[name] })
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range []string{"S3_ACCESS_KEY is not set", "S3_SECRET_KEY is not set", `S3_BUCKET="../etc"`} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q is not in %q", name, err)
		}
	}
}

// running starts the server, and stops it when the returned function is called.
func running(t *testing.T, s settings) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, slog.New(slog.DiscardHandler), s) }()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		response, err := trusting.Get("https://" + s.listen + "/healthz")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("not healthy: %v", err)
		}
	}
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	}
}

var trusting = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}

func client(s settings, secret string) *s3.Client {
	return s3.New(s3.Options{
		Region: s.region, BaseEndpoint: aws.String("https://" + s.listen), UsePathStyle: true, HTTPClient: trusting,
		Credentials: credentials.NewStaticCredentialsProvider(s.accessKey, secret, ""), RetryMaxAttempts: 1,
	})
}

func TestObjectsSurviveARestartAndStrangersAreRefused(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := settings{accessKey: "key", secretKey: "secret", bucket: "backups", region: "us-east-1", data: t.TempDir(), listen: free.Addr().String()}
	_ = free.Close()
	ctx, name, content := context.Background(), "archive/main/000000010000000000000001", bytes.Repeat([]byte("wal"), 1<<20)

	stop := running(t, s)
	if _, err := client(s, "secret").PutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: &name, Body: bytes.NewReader(content)}); err != nil {
		t.Fatal(err)
	}
	if _, err := client(s, "guessed").GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &name}); err == nil {
		t.Error("a wrong secret was let in")
	}
	stop()

	defer running(t, s)()
	listed, err := client(s, "secret").ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: aws.String("archive/")})
	if err != nil || len(listed.Contents) != 1 || *listed.Contents[0].Key != name {
		t.Fatalf("listed %v, %v", listed, err)
	}
	object, err := client(s, "secret").GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &name})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = object.Body.Close() }()
	if read, err := io.ReadAll(object.Body); err != nil || !bytes.Equal(read, content) {
		t.Errorf("read %d bytes, %v", len(read), err)
	}
}
