// Package store keeps tenants and memories in PostgreSQL.
package store

import (
	"context"
	"errors"
)

// Tenant is one customer of the API.
type Tenant struct {
	ID          string `json:"id"`
	Slug        string `json:"slug"`
	Name        string `json:"name"`
	Status      string `json:"status"`
	SourceOwner string `json:"sourceOwner"`
	CreatedAt   int64  `json:"createdAt"`
	UpdatedAt   int64  `json:"updatedAt"`
}

// Origin says which PostgreSQL instance answered, and on which timeline it was: two instances that acknowledge writes on
// different timelines at the same time are two primaries.
type Origin struct {
	Instance string
	Timeline uint32
}

// Store is what the server needs from a database.
type Store interface {
	// Create returns only after the row is committed, which in this database means: confirmed by a standby.
	Create(ctx context.Context, slug, name string) (Tenant, Origin, error)
	// Find takes a slug or an id.
	Find(ctx context.Context, tenant string) (Tenant, Origin, error)
	List(ctx context.Context) ([]Tenant, Origin, error)
	// Ping runs a query; it is the readiness check.
	Ping(ctx context.Context) error
}

var (
	// ErrDuplicate says that the slug is taken.
	ErrDuplicate = errors.New("a tenant with this slug already exists")
	// ErrNotFound says that there is no such tenant.
	ErrNotFound = errors.New("tenant not found")
	// ErrUnavailable says that the statement was never sent, so that nothing can have been written.
	ErrUnavailable = errors.New("no database connection")
	// ErrNotConfirmed says that the row is on the primary, but that the wait for a standby was cancelled: a failover may lose it.
	ErrNotConfirmed = errors.New("committed on the primary only: the wait for a standby was cancelled")
)
