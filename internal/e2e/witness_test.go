package e2e

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	_ "modernc.org/sqlite"

	"valik/board"
	"valik/election"
	"valik/internal/loopback"
)

// TestWitnesses runs an election whose board must be cosigned by two of three real
// witnesses, which fail, lag behind, forget, and are shown another board.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"ssh-agent", "ssh-add", "ssh-keygen"} {
		_, err := exec.LookPath(program)
		require.NoError(t, err, "of Debian's openssh-client")
	}
	vars := []string{"PROFILE=" + election.ProfileOpen}
	for _, number := range witnessNumbers {
		address, err := loopback.Free()
		require.NoError(t, err)
		vars = append(vars, "WITNESS_"+number+"="+address)
	}
	runScript(t, "witness.txtar", vars...)
}

var witnessNumbers = []string{"1", "2", "3"}

// witnessCommands are those of the script that has witnesses.
var witnessCommands = map[string]func(*testscript.TestScript, bool, []string){
	"witness": introduce, "seen": requireSeen, "cosigned": requireCosigned, "published": requirePublished,
	"logged": waitLogged, "fork": showFork, "cosign": cosign,
}

// poll tries until there is no error.
func poll(ts *testscript.TestScript, try func() error) {
	var err error
	for began := time.Now(); time.Since(began) < retryLimit; time.Sleep(50 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	ts.Fatalf("still: %v", err)
}

// fetch reads a page, without a connection that outlives its server.
func fetch(url string) ([]byte, error) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return page, err
}

// vkeyLine is where a witness tells its public key.
var vkeyLine = regexp.MustCompile(`(?m)^witness\.example/\d\+[0-9a-f]{8}\+\S+$`)

// introduce (witness NUMBER) waits until a witness answers, sets KEY_<NUMBER> to its
// public key, and makes the board known to it if its database is new.
func introduce(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, func() error {
		page, err := fetch("http://" + ts.Getenv("WITNESS_"+args[0]))
		if err != nil {
			return err
		}
		key := strings.ReplaceAll(string(vkeyLine.Find(page)), "&#43;", "+")
		if key == "" {
			return fmt.Errorf("no key in %q", page)
		}
		ts.Setenv("KEY_"+args[0], key)
		return nil
	})
	key, err := board.ParsePublicKey(strings.TrimSpace(ts.ReadFile("board.pub")))
	ts.Check(err)
	empty, err := tlog.TreeHash(0, nil)
	ts.Check(err)
	db := witnessDatabase(ts, args[0])
	defer db.Close()
	// The two statements of witnessctl's add-log and add-key.
	_, err = db.Exec(`INSERT INTO log (origin, tree_size, tree_hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING`,
		key.Name(), base64.StdEncoding.EncodeToString(empty[:]))
	ts.Check(err)
	_, err = db.Exec(`INSERT INTO key (origin, key) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM key)`, key.Name(), key.String())
	ts.Check(err)
}

func witnessDatabase(ts *testscript.TestScript, number string) *sql.DB {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs("witness-"+number+".db")+"?_pragma=busy_timeout(10000)")
	ts.Check(err)
	return db
}

// requireSeen (seen NUMBER SIZE) checks the size of the board that a witness has seen last.
func requireSeen(ts *testscript.TestScript, _ bool, args []string) {
	db := witnessDatabase(ts, args[0])
	defer db.Close()
	var size string
	ts.Check(db.QueryRow(`SELECT tree_size FROM log`).Scan(&size))
	if size != args[1] {
		ts.Fatalf("witness %s has seen %s entries", args[0], size)
	}
}

// requireCosigned (cosigned RECEIPT NAME…) checks that a receipt is right under the
// manifest, and that witnesses of these names have cosigned its checkpoint.
func requireCosigned(ts *testscript.TestScript, _ bool, args []string) {
	receipt, err := election.ParseReceipt([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	m := readManifest(ts)
	checkpoint, err := receipt.Verify(m, receipt.Ballot, receipt.Envelope)
	ts.Check(err)
	var names []string
	for _, c := range checkpoint.Cosignatures {
		names = append(names, c.Witness)
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) < m.Board.Quorum {
		ts.Fatalf("cosigned by %v alone", names)
	}
	for _, name := range args[1:] {
		if !slices.Contains(names, name) {
			ts.Fatalf("cosigned by %v, not by %s", names, name)
		}
	}
}

func readManifest(ts *testscript.TestScript) *election.Manifest {
	m, err := election.ParseManifest([]byte(ts.ReadFile(filepath.Join("office/record", election.ManifestFile))))
	ts.Check(err)
	return m
}

// newestCheckpoint is what the collector shows, with the quorum.
func newestCheckpoint(ts *testscript.TestScript) *board.Checkpoint {
	raw, err := fetch("http://" + ts.Getenv("ADDRESS") + "/" + board.CheckpointFile)
	ts.Check(err)
	c, err := readManifest(ts).Policy().Open(raw)
	ts.Check(err)
	return c
}

// requirePublished (published SIZE) waits until the collector shows so many entries;
// (! published SIZE) checks that it shows less.
func requirePublished(ts *testscript.TestScript, neg bool, args []string) {
	size, err := strconv.ParseUint(args[0], 10, 64)
	ts.Check(err)
	if c := newestCheckpoint(ts); neg && c.Size >= size {
		ts.Fatalf("%d entries are published", c.Size)
	} else if neg {
		return
	}
	poll(ts, func() error {
		if c := newestCheckpoint(ts); c.Size != size {
			return fmt.Errorf("%d entries are published", c.Size)
		}
		return nil
	})
}

// waitLogged (logged BALLOTS) waits until so many ballots are in the log, published or not.
func waitLogged(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs("collector.db")+"?_pragma=busy_timeout(10000)")
	ts.Check(err)
	defer db.Close()
	poll(ts, func() error {
		var ballots string
		err := db.QueryRow(`SELECT COUNT(*) FROM ballot`).Scan(&ballots)
		if err == nil && ballots != args[0] {
			err = fmt.Errorf("%s ballots", ballots)
		}
		return err
	})
}

// ask sends a witness a request, and gives its status and answer.
func ask(ts *testscript.TestScript, number string, request []byte) (int, []byte) {
	resp, err := http.Post("http://"+ts.Getenv("WITNESS_"+number)+"/add-checkpoint", "text/plain", bytes.NewReader(request))
	ts.Check(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	return resp.StatusCode, answer
}

// cosign (cosign FOLDER) carries the board's checkpoint to the witnesses and their
// answers back, as docs/operations.md says.
func cosign(ts *testscript.TestScript, _ bool, args []string) {
	add := []string{"witness", "add", args[0]}
	for _, number := range witnessNumbers {
		old := "0"
		status, answer := ask(ts, number, witnessRequest(ts, args[0], old))
		if status == http.StatusConflict {
			old = strings.TrimSpace(string(answer))
			status, answer = ask(ts, number, witnessRequest(ts, args[0], old))
		}
		if status != http.StatusOK {
			ts.Fatalf("witness %s answers %d from %s: %s", number, status, old, answer)
		}
		file := "answer-" + number
		writeFile(ts, file, answer)
		add = append(add, file)
	}
	ts.Check(ts.Exec("officer", add...))
}

func witnessRequest(ts *testscript.TestScript, folder, old string) []byte {
	ts.Check(ts.Exec("officer", "witness", "request", folder, "--old", old))
	return []byte(ts.ReadFile("stdout"))
}
