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
	if s.qdrant.host != "" || s.redis.host != "" {
		t.Errorf("keeps memories although nobody says where: %+v", s)
	}
	complete["QD_HOST"], complete["RD_HOST"], complete["RD_DB"] = "qdrant", "cache", "3"
	s, err = settingsFrom(func(name string) string { return complete[name] })
	if err != nil || s.qdrant != (endpoint{"qdrant", 6333}) || s.redis != (endpoint{"cache", 6379}) || s.database != 3 || s.collection != "aeterna_memories" {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestEveryBadSettingIsNamed(t *testing.T) {
	bad := map[string]string{"PG_PORT": "70000", "DRAIN_DELAY": "5", "START_DELAY": "-1s",
		"RD_HOST": "cache", "RD_DB": "-1"}
	_, err := settingsFrom(func(name string) string { return bad[name] })
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range []string{"PG_HOST is not set", "PG_PASSWORD is not set", `PG_PORT="70000"`, `DRAIN_DELAY="5"`, `START_DELAY="-1s"`,
		"RD_HOST and QD_HOST belong together", `RD_DB="-1"`} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q is not in %q", name, err)
		}
	}
}
