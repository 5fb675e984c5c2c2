package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"aeterna.chaos/api/names"
)

// Address is where PostgreSQL is and who logs in.
type Address struct {
	Host     string
	Port     uint16
	Database string
	Username string
	Password string
	// Client names this server in pg_stat_activity.
	Client string
}

// Postgres is the store that the server runs on.
type Postgres struct {
	pool *pgxpool.Pool
}

const (
	connections     = 5 // as many as the real server opens
	connectPatience = 2 * time.Second
	lookupPatience  = time.Second
	migrationPause  = time.Second
	uniqueViolation = "23505"
	// notConfirmed is the key under which a connection remembers PostgreSQL's warning.
	notConfirmed = "not confirmed"
)

// The instance names itself by a setting of its own where it has one, else by its address. The timeline is taken from the name
// of the WAL file that is being written: the control file still shows the old one for a while after a promotion.
const origin = `coalesce(current_setting('aeterna.instance', true), host(inet_server_addr()), ''),
	case when pg_is_in_recovery() then 0
	     else ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint end`

const columns = `id::text, slug, name, status, source_owner,
	extract(epoch from created_at)::bigint, extract(epoch from updated_at)::bigint`

// Open prepares the pool. It connects to nothing yet: a database that is down when the server starts is no reason to exit.
func Open(address Address) (*Postgres, error) {
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	config.MaxConns = connections
	config.HealthCheckPeriod = 5 * time.Second
	config.MaxConnLifetime = 10 * time.Minute
	// The pooler may have closed a connection while it lay idle; a round trip finds out before a statement is lost on it.
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true }

	conn := config.ConnConfig
	conn.Host, conn.Port, conn.Database = address.Host, address.Port, address.Database
	conn.User, conn.Password = address.Username, address.Password
	conn.TLSConfig, conn.Fallbacks = nil, nil
	conn.RuntimeParams = map[string]string{"application_name": address.Client}
	conn.ConnectTimeout = connectPatience
	conn.DialFunc = (&net.Dialer{Timeout: connectPatience, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 3 * time.Second, Interval: time.Second, Count: 3}}).DialContext
	conn.LookupFunc = pgconn.LookupFunc(names.Remembering(net.DefaultResolver.LookupHost, lookupPatience))
	// Behind a transaction pooler each transaction may run on another server connection, where a named statement does not exist.
	conn.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn.OnNotice = rememberUnconfirmed

	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, err
	}
	return &Postgres{pool: pool}, nil
}

// rememberUnconfirmed catches the one case in which PostgreSQL reports success although no standby has the row: somebody
// cancelled the statement while it waited for the confirmation.
func rememberUnconfirmed(conn *pgconn.PgConn, notice *pgconn.Notice) {
	if notice.SeverityUnlocalized == "WARNING" && strings.Contains(notice.Message, "synchronous replication") {
		conn.CustomData()[notConfirmed] = true
	}
}

// Close ends every connection, waiting for those that are in use.
func (p *Postgres) Close() { p.pool.Close() }

// Migrate creates the schema and keeps trying until it is there or ctx ends.
func (p *Postgres) Migrate(ctx context.Context, log *slog.Logger) error {
	for attempt := 1; ; attempt++ {
		err := p.migrateOnce(ctx)
		if err == nil {
			log.Info("schema is in place", "attempts", attempt)
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Warn("schema is not in place yet", "attempt", attempt, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(migrationPause):
		}
	}
}

func (p *Postgres) migrateOnce(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return pgx.BeginFunc(bounded, p.pool, func(tx pgx.Tx) error {
		for _, statement := range []string{
			// Replicas start together; CREATE TABLE IF NOT EXISTS alone races on the catalogue.
			`select pg_advisory_xact_lock(hashtext('aeterna schema'))`,
			`create table if not exists tenants (
				id           uuid primary key default gen_random_uuid(),
				slug         text not null unique,
				name         text not null,
				status       text not null default 'active',
				source_owner text not null default 'admin',
				created_at   timestamptz not null default now(),
				updated_at   timestamptz not null default now())`,
			memorySchema,
			memoryIndex,
			`insert into tenants (slug, name) values ('default', 'Default') on conflict (slug) do nothing`,
		} {
			if _, err := tx.Exec(bounded, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// Create inserts and reads the origin in one statement, hence in one transaction on one server.
func (p *Postgres) Create(ctx context.Context, slug, name string) (tenant Tenant, from Origin, err error) {
	err = p.acknowledged(ctx, func(conn *pgxpool.Conn) error {
		tenant, from, err = scan(conn.QueryRow(ctx,
			`with created as (insert into tenants (slug, name) values ($1, $2) returning *)
			 select `+columns+`, `+origin+` from created`, slug, name))
		return err
	})
	return tenant, from, err
}

// acknowledged carries out a write and succeeds only if a standby has confirmed it.
func (p *Postgres) acknowledged(ctx context.Context, write func(*pgxpool.Conn) error) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer conn.Release()
	flags := conn.Conn().PgConn().CustomData()
	delete(flags, notConfirmed)
	err = write(conn)
	if err == nil && flags[notConfirmed] == true {
		err = ErrNotConfirmed
	}
	return classified(err)
}

// Find looks a tenant up by slug or id.
func (p *Postgres) Find(ctx context.Context, tenant string) (Tenant, Origin, error) {
	found, from, err := scan(p.pool.QueryRow(ctx,
		`select `+columns+`, `+origin+` from tenants where slug = $1 or id::text = $1 order by slug = $1 desc limit 1`, tenant))
	return found, from, classified(err)
}

// List returns every tenant, oldest first.
func (p *Postgres) List(ctx context.Context) ([]Tenant, Origin, error) {
	rows, err := p.pool.Query(ctx, `select `+columns+`, `+origin+` from tenants order by created_at, slug`)
	if err != nil {
		return nil, Origin{}, classified(err)
	}
	defer rows.Close()
	tenants, from := []Tenant{}, Origin{}
	for rows.Next() {
		var tenant Tenant
		if tenant, from, err = scan(rows); err != nil {
			return nil, Origin{}, classified(err)
		}
		tenants = append(tenants, tenant)
	}
	return tenants, from, classified(rows.Err())
}

// Ping asks the database a question, through the pool and the pooler.
func (p *Postgres) Ping(ctx context.Context) error {
	_, err := p.pool.Exec(ctx, "select 1")
	return classified(err)
}

func scan(row pgx.Row) (Tenant, Origin, error) {
	var tenant Tenant
	var from Origin
	err := row.Scan(&tenant.ID, &tenant.Slug, &tenant.Name, &tenant.Status, &tenant.SourceOwner, &tenant.CreatedAt,
		&tenant.UpdatedAt, &from.Instance, &from.Timeline)
	return tenant, from, err
}

func classified(err error) error {
	var refusal *pgconn.PgError
	var unreachable *pgconn.ConnectError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	case errors.As(err, &refusal) && refusal.Code == uniqueViolation:
		return fmt.Errorf("%w: %s", ErrDuplicate, refusal.Detail)
	case errors.As(err, &unreachable), pgconn.SafeToRetry(err):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	default:
		return err
	}
}
