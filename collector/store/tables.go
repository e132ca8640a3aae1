package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// table is one of the tables that a backup copies.
type table struct {
	name    string
	order   string   // the primary key: rows are copied by it
	columns []string // all of them
	begun   bool     // a migration puts a row in, which a copy replaces
}

// tables are all tables with all their columns, those that others refer to first. A
// migration that adds to them adds here: checkTables refuses to copy what is not listed.
var tables = []table{
	{"head", "id", []string{"id", "size", "phase", "rolls", "latest"}, true},
	{"entry", "idx", []string{"idx", "leaf"}, false},
	{"node", "id", []string{"id", "hash"}, false},
	{"checkpoint", "size", []string{"size", "root", "note", "final"}, false},
	{"ballot", "idx", []string{"idx", "voter", "ballot", "envelope", "container", "evidence", "bound", "good", "cast_at", "looks"}, false},
	{"revocation_list", "hash", []string{"hash", "body"}, false},
	{"document", "name", []string{"name", "body"}, false},
	{"answered", "challenge", []string{"challenge", "expires"}, false},
	{"notice", "idx", []string{"idx", "due", "attempts", "taker", "until", "given_up"}, false},
	{"notice_policy", "id", []string{"id", "notified"}, false},
	{"journal", "number", []string{"number", "entry", "hash"}, false},
	{"journal_end", "id", []string{"id", "lines", "hash"}, true},
}

// versions is the table in which goose counts the migrations. Every database has its own.
const versions = "goose_db_version"

// checkTables makes sure that the database has just the tables and columns that are
// listed here: what another version of this program made is not copied by halves.
func (d *dialect) checkTables(ctx context.Context, q querier) error {
	have, err := d.columns(ctx, q)
	if err != nil {
		return err
	}
	delete(have, versions)
	for _, t := range tables {
		want := slices.Sorted(slices.Values(t.columns))
		if slices.Sort(have[t.name]); !slices.Equal(have[t.name], want) {
			return fmt.Errorf("%w: table %s has the columns %s, not %s", ErrVersion, t.name, list(have[t.name]), list(want))
		}
		delete(have, t.name)
	}
	for name := range have {
		return fmt.Errorf("%w: there is a table %s", ErrVersion, name)
	}
	return nil
}

func list(columns []string) string { return "(" + strings.Join(columns, ", ") + ")" }

// columns gives the columns of every table of the database.
func (d *dialect) columns(ctx context.Context, q querier) (map[string][]string, error) {
	rows, err := q.QueryContext(ctx, d.catalogue)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	found := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, wrap(err)
		}
		found[table] = append(found[table], column)
	}
	return found, wrap(rows.Err())
}
