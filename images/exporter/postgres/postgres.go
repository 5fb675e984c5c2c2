// Package postgres shows one PostgreSQL instance under the names that CloudNativePG's exporter gives it: its built-in collector
// (cnpg_collector_*) and its default queries (cnpg_pg_*).
package postgres

import (
	"context"
	"log/slog"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/prometheus/client_golang/prometheus"
)

// Login is a role that has pg_monitor: without it the rows of pg_stat_replication are there and say nothing.
type Login struct{ Database, Username, Password string }

// Instance asks one instance when it is collected. It never fails: an instance that does not answer is one that is not up.
type Instance struct {
	ctx          context.Context
	address, pod string
	login        Login
	log          *slog.Logger
}

// Ask shows the instance at an address, within the context's time.
func Ask(ctx context.Context, address, pod string, login Login, log *slog.Logger) *Instance {
	return &Instance{ctx, address, pod, login, log}
}

// Describe says nothing: a standby shows other series than a primary.
func (i *Instance) Describe(chan<- *prometheus.Desc) {}

const (
	// The lag is 0 as well when the receiver is dead and all that came was replayed, which is why is_wal_receiver_up stands beside it.
	replication = `select
		case when not pg_is_in_recovery() or pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
		     else greatest(0, extract(epoch from now() - pg_last_xact_replay_timestamp())) end::float8,
		pg_is_in_recovery(),
		exists (select from pg_stat_wal_receiver),
		(select count(*) from pg_stat_replication)`
	standbys = `select application_name, host(client_addr),
		pg_wal_lsn_diff(pg_current_wal_lsn(), sent_lsn)::float8, pg_wal_lsn_diff(pg_current_wal_lsn(), write_lsn)::float8,
		pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn)::float8, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8,
		extract(epoch from write_lag)::float8, extract(epoch from flush_lag)::float8, extract(epoch from replay_lag)::float8
		from pg_stat_replication`
	// In milliseconds; from PostgreSQL 18 on these four columns, and with them CloudNativePG's metrics, are no more.
	wal = `select wal_write::float8, wal_sync::float8, wal_write_time, wal_sync_time, to_char(stats_reset, 'YYYY-MM-DD"T"HH24:MI:SS.US')
		from pg_stat_wal`
)

// Collect connects, asks and leaves.
func (i *Instance) Collect(metrics chan<- prometheus.Metric) {
	found, err := i.ask()
	gauge := func(name string, value float64, labels ...string) {
		metrics <- metric(name, value, labels)
	}
	if err != nil {
		i.log.Warn("instance cannot be asked", "pod", i.pod, "error", err)
		gauge("cnpg_collector_up", 0)
		return
	}
	gauge("cnpg_collector_up", 1)
	gauge("cnpg_pg_replication_lag", found.lag)
	gauge("cnpg_pg_replication_in_recovery", truth(found.inRecovery))
	gauge("cnpg_pg_replication_is_wal_receiver_up", truth(found.receiver))
	gauge("cnpg_pg_replication_streaming_replicas", float64(found.streaming))
	for name, value := range map[string]float64{"wal_write": found.writes, "wal_sync": found.syncs,
		"wal_write_time": found.writeTime, "wal_sync_time": found.syncTime} {
		gauge("cnpg_collector_"+name, value, "stats_reset", found.statsReset)
	}
	for _, s := range found.standbys {
		labels := []string{"application_name", s.name, "client_addr", s.address}
		for name, value := range map[string]pgtype.Float8{
			"sent_diff_bytes": s.sent, "write_diff_bytes": s.written, "flush_diff_bytes": s.flushed, "replay_diff_bytes": s.replayed,
			"write_lag_seconds": s.writeLag, "flush_lag_seconds": s.flushLag, "replay_lag_seconds": s.replayLag,
		} {
			if value.Valid {
				gauge("cnpg_pg_stat_replication_"+name, value.Float64, labels...)
			}
		}
	}
}

type answers struct {
	lag                                float64
	inRecovery, receiver               bool
	streaming                          int64
	writes, syncs, writeTime, syncTime float64
	statsReset                         string
	standbys                           []standby
}

type standby struct {
	name, address                                                   string
	sent, written, flushed, replayed, writeLag, flushLag, replayLag pgtype.Float8
}

func (i *Instance) ask() (answers, error) {
	var a answers
	address := url.URL{Scheme: "postgres", Host: i.address + ":5432", Path: i.login.Database,
		RawQuery: "sslmode=disable&application_name=exporter"}
	config, err := pgx.ParseConfig(address.String())
	if err != nil {
		return a, err
	}
	config.User, config.Password = i.login.Username, i.login.Password
	connection, err := pgx.ConnectConfig(i.ctx, config)
	if err != nil {
		return a, err
	}
	defer connection.Close(context.WithoutCancel(i.ctx))

	var lag pgtype.Float8
	if err := connection.QueryRow(i.ctx, replication).Scan(&lag, &a.inRecovery, &a.receiver, &a.streaming); err != nil {
		return a, err
	}
	a.lag = lag.Float64
	if err := connection.QueryRow(i.ctx, wal).Scan(&a.writes, &a.syncs, &a.writeTime, &a.syncTime, &a.statsReset); err != nil {
		return a, err
	}
	// pg_current_wal_lsn() is an error on a standby, which may have standbys of its own.
	if a.inRecovery {
		return a, nil
	}
	rows, err := connection.Query(i.ctx, standbys)
	if err != nil {
		return a, err
	}
	a.standbys, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s standby, err error) {
		var name, address pgtype.Text
		err = row.Scan(&name, &address, &s.sent, &s.written, &s.flushed, &s.replayed, &s.writeLag, &s.flushLag, &s.replayLag)
		s.name, s.address = name.String, address.String
		return s, err
	})
	return a, err
}

func metric(name string, value float64, labels []string) prometheus.Metric {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	return prometheus.MustNewConstMetric(prometheus.NewDesc(name, "As CloudNativePG's exporter has it.", names, nil), prometheus.GaugeValue, value, values...)
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
