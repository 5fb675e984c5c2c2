package main

import (
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	complete := map[string]string{"PG_HOST": "pooler", "PG_DATABASE": "aeterna", "PG_USERNAME": "aeterna", "PG_PASSWORD": "x"}
	s, err := settingsFrom(func(name string) string { return complete[name] })
	if err != nil || s.postgres.Port != 5432 || s.drainDelay != 5*time.Second || s.startDelay != 0 || s.replica == "" {
		t.Fatalf("got %+v, %v", s, err)
	}
}

func TestEveryBadSettingIsNamed(t *testing.T) {
	bad := map[string]string{"PG_PORT": "70000", "DRAIN_DELAY": "5", "START_DELAY": "-1s"}
	_, err := settingsFrom(func(name string) string { return bad[name] })
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range []string{"PG_HOST is not set", "PG_PASSWORD is not set", `PG_PORT="70000"`, `DRAIN_DELAY="5"`, `START_DELAY="-1s"`} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q is not in %q", name, err)
		}
	}
}
