package testpg

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
)

// standbyName is what a standby is called in synchronous_standby_names of its primary.
const standbyName = "standby"

// Standby makes and starts a streaming standby of a server of NewTCP, over loopback and
// with its password, and lets the server wait for it at every commit. Stop both in the end.
func (s *Server) Standby(parent string) (*Server, error) {
	dir, err := os.MkdirTemp(parent, "testpg")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	other := &Server{bin: s.bin, dir: dir, owner: s.owner, tcp: &tcp{port: port, password: s.tcp.password, ended: make(chan struct{})}}
	close(other.tcp.ended)
	if err = other.follow(s); err == nil {
		err = s.WaitFor(standbyName)
	}
	if err != nil {
		return nil, errors.Join(err, other.Stop())
	}
	return other, nil
}

// follow copies a running server and starts as its standby.
func (s *Server) follow(primary *Server) error {
	if err := s.owner.give(s.dir); err != nil {
		return err
	}
	from := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, primary.tcp.password), Host: primary.Address(),
		RawQuery: url.Values{"application_name": {standbyName}, "sslmode": {"disable"}}.Encode(),
	}
	err := s.run("pg_basebackup", "--pgdata", s.data(), "--dbname", from.String(), "--checkpoint", "fast",
		"--wal-method", "stream", "--write-recovery-conf", "--no-sync")
	if err != nil {
		return err
	}
	return s.start()
}

// Promote makes a standby the primary. It waits for no standby of its own.
func (s *Server) Promote() error {
	if err := s.run("pg_ctl", "promote", "--pgdata", s.data(), "--wait"); err != nil {
		return err
	}
	return s.WaitFor("")
}

// WaitFor lets every commit of a running server wait for the standby of this name, "" for none.
func (s *Server) WaitFor(name string) error {
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = '" + name + "'", "SELECT pg_reload_conf()"} {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}
