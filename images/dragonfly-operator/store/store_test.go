package store

import (
	"testing"

	"aeterna.chaos/images/dragonfly-operator/decide"
)

// As Redis 7.0 prints it.
const (
	ofMaster = "# Replication\r\nrole:master\r\nconnected_slaves:1\r\nslave0:ip=10.42.3.7,port=6379,state=online,offset=1204,lag=0\r\n" +
		"master_failover_state:no-failover\r\nmaster_replid:5c1f\r\nmaster_replid2:0000\r\nmaster_repl_offset:1204\r\nrepl_backlog_active:1\r\n"
	ofReplica = "# Replication\r\nrole:slave\r\nmaster_host:10.42.1.5\r\nmaster_port:6379\r\nmaster_link_status:up\r\n" +
		"master_last_io_seconds_ago:1\r\nmaster_sync_in_progress:0\r\nslave_read_repl_offset:1204\r\nslave_repl_offset:1204\r\n" +
		"slave_read_only:1\r\nmaster_repl_offset:1190\r\n"
	ofRestarted = "# Replication\r\nrole:slave\r\nmaster_host:127.0.0.1\r\nmaster_port:1\r\nmaster_link_status:down\r\n" +
		"master_sync_in_progress:0\r\nslave_repl_offset:0\r\nmaster_link_down_since_seconds:-1\r\nmaster_repl_offset:0\r\n"
)

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		info string
		want decide.State
	}{
		"master":    {ofMaster, decide.State{Master: true, Offset: 1204}},
		"replica":   {ofReplica, decide.State{Follows: "10.42.1.5", LinkUp: true, Offset: 1190}},
		"restarted": {ofRestarted, decide.State{Follows: "127.0.0.1"}},
		"copying": {"role:replica\nmaster_host:10.0.0.1\nmaster_link_status:down\nmaster_sync_in_progress:1\nmaster_repl_offset:0\n",
			decide.State{Follows: "10.0.0.1", Syncing: true}},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := parse(c.info); err != nil || got != c.want {
				t.Errorf("want %+v, got %+v, %v", c.want, got, err)
			}
		})
	}
	for _, nonsense := range []string{"", "role:sentinel\nmaster_repl_offset:1", "role:master\n", "role:master\nmaster_repl_offset:many"} {
		if got, err := parse(nonsense); err == nil {
			t.Errorf("%q was read as %+v", nonsense, got)
		}
	}
}
