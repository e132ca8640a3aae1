package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables to the present version while no other process does.
func (d *dialect) migrate(ctx context.Context, db *sql.DB) error {
	release, err := d.takeLock(ctx)
	if err != nil {
		return fmt.Errorf("waiting for another process that prepares the database: %w", err)
	}
	return errors.Join(d.runMigrations(ctx, db), release())
}

func (d *dialect) runMigrations(ctx context.Context, db *sql.DB) error {
	p, err := d.provider(db)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

func (d *dialect) provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(d.goose, db, files, goose.WithDisableGlobalRegistry(true))
}

// takeLock holds the lock by a connection of its own: when that is closed, or when
// this process dies, both databases give the lock back.
func (d *dialect) takeLock(ctx context.Context) (release func() error, err error) {
	db, err := d.connect(d.lockSource)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if _, err := conn.ExecContext(ctx, d.lock); err != nil {
		return nil, errors.Join(err, conn.Close(), db.Close())
	}
	// Closed together with the pool, the connection is not returned to it but ended.
	return func() error { return errors.Join(db.Close(), conn.Close()) }, nil
}
