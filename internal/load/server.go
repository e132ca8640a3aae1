package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"valik/internal/office"
	"valik/internal/testpg"
)

// server is a collectord and its PostgreSQL.
type server struct {
	pg     *testpg.Server
	cmd    *exec.Cmd
	exited chan error
}

// patience is how long a server may take to start or to end.
const patience = time.Minute

// start builds collectord and runs it on a private PostgreSQL, over the folder of an office.
func start(ctx context.Context, dir, address string, interval time.Duration) (s *server, err error) {
	program := filepath.Join(dir, "collectord")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "valik/cmd/collectord").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building collectord: %w: %s", err, out)
	}
	s = &server{exited: make(chan error, 1)}
	if s.pg, err = testpg.New(); err != nil {
		return nil, err
	}
	database, err := s.pg.Create()
	if err == nil {
		err = s.run(program, dir, settings(address, database, interval))
	}
	if err == nil {
		err = ready(ctx, address, s.exited)
	}
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func settings(address, database string, interval time.Duration) string {
	return fmt.Sprintf("listen = %q\ndatabase = %q\nfolder = \".\"\nboard_key = %q\nreceipt_key = %q\ncheckpoint_interval = %q\n",
		address, database, office.BoardKeyFile, office.ReceiptKeyFile, interval)
}

func (s *server) run(program, dir, settings string) error {
	config := filepath.Join(dir, "collector.toml")
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(dir, "collector.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(program, "serve", "--config", config)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd = cmd
	go func() { s.exited <- cmd.Wait() }()
	return nil
}

// ready waits until the collector answers and the polls are open.
func ready(ctx context.Context, address string, exited <-chan error) error {
	for began := time.Now(); time.Since(began) < patience; {
		resp, err := http.Get("http://" + address + "/v1/open")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-exited:
			return fmt.Errorf("collectord ended: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("collectord does not open the polls")
}

// stop ends the collector, which commits what waits, and then its database.
func (s *server) stop() error {
	var err error
	if s.cmd != nil {
		err = s.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case ended := <-s.exited:
			err = errors.Join(err, ended)
		case <-time.After(patience):
			err = errors.Join(err, errors.New("collectord does not end"), s.cmd.Process.Kill())
		}
	}
	return errors.Join(err, s.pg.Stop())
}
