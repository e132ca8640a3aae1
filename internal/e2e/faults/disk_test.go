package faults

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// mountDisk makes a disk that is full soon, of a size such as "16m".
func mountDisk(t testing.TB, size string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "valik-disk-")
	require.NoError(t, err)
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=1777,size="+size),
		"this test mounts a small tmpfs: run it as root, or in a container that may mount")
	t.Cleanup(func() {
		// Lazily: who was killed a moment ago may still have a file open.
		require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH))
		require.NoError(t, os.Remove(dir))
	})
	return dir
}

// fill leaves no byte free on a disk; free removes what fills it.
func fill(t testing.TB, disk string) (free func()) {
	t.Helper()
	name := filepath.Join(disk, "filler")
	f, err := os.Create(name)
	require.NoError(t, err)
	for chunk := make([]byte, 1<<20); len(chunk) > 0; {
		if _, err = f.Write(chunk); err != nil {
			chunk = chunk[:len(chunk)/2]
		}
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, f.Close())
	return func() { require.NoError(t, os.Remove(name)) }
}

// SQLite's disk is full: ballots are refused with a clear answer, and as soon as there is
// space they are taken again, by the same process.
func TestFullDiskOfSQLite(t *testing.T) {
	t.Parallel()
	disk := mountDisk(t, "16m")
	e := newElectorate(t, 6, nil)
	n := e.addNode(t, openSQLite(t, disk).url)
	e.vote(t)
	for range 2 {
		e.requireMore(t, 10)
		free := fill(t, disk)
		e.requireRefusals(t, "unavailable", 10)
		free()
	}
	e.requireMore(t, 10)
	require.False(t, n.hasEnded())
	e.finish(t)
}

// PostgreSQL's disk is full, so that it can write neither tables nor its log. It may end
// for that; when there is space, it is started again, and the collector goes on.
func TestFullDiskOfPostgreSQL(t *testing.T) {
	t.Parallel()
	disk := mountDisk(t, "160m")
	server := startPostgres(t, disk)
	d, e := server.database(t), newElectorate(t, 6, nil)
	n := e.addNode(t, d.url)
	e.vote(t)
	for _, switchLog := range []bool{false, true} {
		e.requireMore(t, 10)
		free := fill(t, disk)
		if switchLog {
			// The log goes on in a new file, for which there is no space: PostgreSQL panics.
			_, _ = d.own.Exec(`SELECT pg_switch_wal()`)
		}
		e.requireRefusals(t, "unavailable", 10)
		free()
		if !server.answers(d) {
			require.NoError(t, server.Kill())
			require.NoError(t, server.Restart())
		}
	}
	e.requireMore(t, 10)
	require.False(t, n.hasEnded())
	e.finish(t)
}

// answers says whether the server answers, or will do so after its recovery.
func (p *postgres) answers(d *database) bool {
	if !p.Running() {
		return false
	}
	_, err := d.own.Exec(`SELECT 1`)
	return err == nil
}
