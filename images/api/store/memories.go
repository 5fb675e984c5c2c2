package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Memory is what an agent was told to remember. It never changes once it is written.
type Memory struct {
	ID        string          `json:"id"`
	Tenant    string          `json:"-"`
	Layer     string          `json:"layer"`
	Content   string          `json:"content"`
	Metadata  json.RawMessage `json:"metadata"`
	CreatedAt int64           `json:"createdAt"`
}

// Memories is what the server needs from a database to keep memories.
type Memories interface {
	// Remember returns only after the row is committed and confirmed by a standby; the answer carries its new id.
	Remember(ctx context.Context, memory Memory) (Memory, Origin, error)
	// Recall returns those of the ids that are there, in any order.
	Recall(ctx context.Context, tenant string, ids []string) ([]Memory, Origin, error)
	// Remembered returns the newest memories of a layer whose content begins with the prefix, at most limit of them.
	Remembered(ctx context.Context, tenant, layer, prefix string, limit int) ([]Memory, Origin, error)
	// Forget deletes a layer and returns the ids that were in it.
	Forget(ctx context.Context, tenant, layer string) ([]string, error)
}

const (
	memorySchema = `create table if not exists memories (
		id         uuid primary key default gen_random_uuid(),
		tenant     text not null,
		layer      text not null,
		content    text not null,
		metadata   jsonb not null default '{}',
		created_at timestamptz not null default now())`
	memoryIndex = `create index if not exists memories_content on memories (tenant, layer, left(content, 200) text_pattern_ops)`

	memoryColumns = `id::text, tenant, layer, content, metadata::text, extract(epoch from created_at)::bigint`
)

// Remember inserts and reads the origin in one statement, hence in one transaction on one server.
func (p *Postgres) Remember(ctx context.Context, memory Memory) (kept Memory, from Origin, err error) {
	metadata := string(memory.Metadata)
	if metadata == "" {
		metadata = "{}"
	}
	err = p.acknowledged(ctx, func(conn *pgxpool.Conn) error {
		kept, from, err = scanMemory(conn.QueryRow(ctx,
			`with kept as (insert into memories (tenant, layer, content, metadata) values ($1, $2, $3, $4::text::jsonb) returning *)
			 select `+memoryColumns+`, `+origin+` from kept`, memory.Tenant, memory.Layer, memory.Content, metadata))
		return err
	})
	return kept, from, err
}

// Recall looks memories up by their ids.
func (p *Postgres) Recall(ctx context.Context, tenant string, ids []string) ([]Memory, Origin, error) {
	return p.memories(ctx, `select `+memoryColumns+`, `+origin+` from memories
		where tenant = $1 and id::text = any(string_to_array($2, ','))`, tenant, strings.Join(ids, ","))
}

// Remembered lists a layer.
func (p *Postgres) Remembered(ctx context.Context, tenant, layer, prefix string, limit int) ([]Memory, Origin, error) {
	// LIKE's own wildcards in a prefix stand for themselves.
	pattern := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(prefix) + "%"
	return p.memories(ctx, `select `+memoryColumns+`, `+origin+` from memories
		where tenant = $1 and layer = $2 and left(content, 200) like $3 order by created_at desc, id limit $4`,
		tenant, layer, pattern, limit)
}

// Forget deletes a layer in one statement.
func (p *Postgres) Forget(ctx context.Context, tenant, layer string) ([]string, error) {
	var ids []string
	err := p.acknowledged(ctx, func(conn *pgxpool.Conn) error {
		rows, err := conn.Query(ctx, `delete from memories where tenant = $1 and layer = $2 returning id::text`, tenant, layer)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return ids, err
}

func (p *Postgres) memories(ctx context.Context, sql string, args ...any) ([]Memory, Origin, error) {
	rows, err := p.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, Origin{}, classified(err)
	}
	defer rows.Close()
	memories, from := []Memory{}, Origin{}
	for rows.Next() {
		var memory Memory
		if memory, from, err = scanMemory(rows); err != nil {
			return nil, Origin{}, classified(err)
		}
		memories = append(memories, memory)
	}
	return memories, from, classified(rows.Err())
}

func scanMemory(row pgx.Row) (Memory, Origin, error) {
	var memory Memory
	var metadata string
	var from Origin
	err := row.Scan(&memory.ID, &memory.Tenant, &memory.Layer, &memory.Content, &metadata, &memory.CreatedAt,
		&from.Instance, &from.Timeline)
	memory.Metadata = json.RawMessage(metadata)
	return memory, from, err
}
