// Package daemon runs a collector as a server: configuration file, keys, listener, signals.
package daemon

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"valik/board"
	"valik/collector"
	"valik/eid/inquiry"
)

// Settings is the configuration file, in TOML. These comments are its manual. Relative paths
// are relative to the file's folder. A key that is not here is an error.
type Settings struct {
	// Listen is the address to serve on, such as "127.0.0.1:8400" behind a reverse proxy
	// or ":443". Port 0 takes a free one.
	Listen string `toml:"listen"`

	// Database is postgres://user:password@host/name?sslmode=verify-full or
	// sqlite:///var/lib/valik/collector.db. Several collectors may share one PostgreSQL. With
	// a password in it, this file must be readable by its owner alone.
	Database string `toml:"database"`

	// Folder is the election's folder as `officer setup` and the key ceremony left it, with
	// record/ and sealed/. It is only read. Send SIGHUP after a new voter roll was put into it.
	Folder string `toml:"folder"`

	// BoardKey is the file of the key that signs checkpoints, in the private form of signed
	// notes. ReceiptKey is the file of the Ed25519 key that signs receipts and refusals, in
	// PEM (PKCS #8, as `openssl genpkey -algorithm ed25519` writes it). Both must have mode 0600.
	BoardKey   string `toml:"board_key"`
	ReceiptKey string `toml:"receipt_key"`

	// CheckpointInterval is the least time between two checkpoints, default "1s". Ballots
	// that come in between wait for the next one: longer means fewer transactions and
	// slower answers.
	CheckpointInterval time.Duration `toml:"checkpoint_interval"`

	// Memory is the file, beside the keys and not in the database, in which this collector
	// keeps the newest final checkpoint, default "collector.checkpoint". A database that
	// comes back older than it was is then refused. Do not restore it from a backup.
	Memory string `toml:"memory"`

	// TLSCertificate and TLSKey are PEM files; without them, and without [acme], the server
	// speaks plain HTTP, which is for a reverse proxy on the same machine. Send SIGHUP after
	// they were renewed: no connection is dropped.
	TLSCertificate string `toml:"tls_certificate"`
	TLSKey         string `toml:"tls_key"`

	// Cards is the address to serve the sign-on by TLS client certificate on, such as ":8444",
	// at which voters reach what the manifest names `cards`. It uses the same TLS certificate
	// and must be reached without a proxy that ends TLS.
	Cards string `toml:"cards"`

	// TimeStamps is the address of the time-stamping authority (RFC 3161), if the manifest
	// demands time-stamps.
	TimeStamps string `toml:"time_stamps"`

	// Issuer, once for each eID issuer whose services are not at the addresses that its
	// certificates name.
	Issuer []Issuer `toml:"issuer"`

	// RequestsPerSecond and Burst limit the requests of one address (of one /64 with IPv6).
	// 0 means no limit. Whole offices share an address: do not set it low.
	RequestsPerSecond float64 `toml:"requests_per_second"`
	Burst             int     `toml:"burst"`

	// Proxies are addresses or networks of reverse proxies whose X-Forwarded-For is
	// believed. Without them it is ignored, since anybody can write one.
	Proxies []string `toml:"proxies"`

	// CheckPage is a folder with the page for the second device, served under /check. Without
	// it the page is served that collectord came with; with "off" there is none.
	CheckPage string `toml:"check_page"`

	// BuiltInPage is the page that the program came with, nil for none.
	BuiltInPage fs.FS `toml:"-"`
	// Statistics, the section [statistics], says what officials may be told while the polls are open.
	Statistics Figures `toml:"statistics"`

	// Witness, once for each witness of the manifest that is to be asked for cosignatures.
	Witness []Witness `toml:"witness"`

	// Roll, the section [roll], says when the voter roll is too old.
	Roll Roll `toml:"roll"`

	// Admin is the listener for operators, ACME gets the public listener's certificate, Voter
	// limits what one voter may send. Each is a section of its own.
	Admin Admin `toml:"admin"`
	ACME  ACME  `toml:"acme"`
	Voter Voter `toml:"voter"`
	// Notice tells voters that a ballot was cast in their name; without it they are not told.
	Notice *Notice `toml:"notice"`

	file string
}

// Issuer says where an eID issuer answers about its certificates.
type Issuer struct {
	Certificate string `toml:"certificate"` // PEM file with the issuer's certificate
	Status      string `toml:"status"`      // address of the OCSP responder
	List        string `toml:"list"`        // address of the revocation list
}

// Witness says where a witness takes checkpoints.
type Witness struct {
	Key string `toml:"key"` // vkey, as in the manifest
	URL string `toml:"url"` // prefix before /add-checkpoint
}

// ReadSettings reads a configuration file and refuses what it does not know.
func ReadSettings(file string) (*Settings, error) {
	s := &Settings{file: file, Voter: defaultVoter}
	meta, err := toml.DecodeFile(file, s)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("configuration: %s: there is no key %s", file, unknown[0])
	}
	return s, errors.Join(s.check(), s.Roll.check(), s.Admin.check(s), s.ACME.check(s), s.Voter.check())
}

func (s *Settings) check() error {
	for key, value := range map[string]string{
		"listen": s.Listen, "database": s.Database, "folder": s.Folder, "board_key": s.BoardKey, "receipt_key": s.ReceiptKey,
	} {
		if value == "" {
			return fmt.Errorf("configuration: %s: %s is missing", s.file, key)
		}
	}
	if (s.TLSCertificate == "") != (s.TLSKey == "") {
		return errors.New("configuration: tls_certificate and tls_key go together")
	}
	if s.Cards != "" && s.TLSCertificate == "" && !s.ACME.on() {
		return errors.New("configuration: cards needs tls_certificate and tls_key, or [acme]")
	}
	if s.CheckpointInterval < 0 || s.RequestsPerSecond < 0 || s.Burst < 0 {
		return errors.New("configuration: checkpoint_interval, requests_per_second and burst are not negative")
	}
	if err := s.Statistics.check(); err != nil {
		return err
	}
	if u := strings.SplitN(s.Database, "@", 2); len(u) == 2 && strings.Count(u[0], ":") > 1 {
		return secret(s.file)
	}
	return nil
}

// path is relative to the folder of the configuration file.
func (s *Settings) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(filepath.Dir(s.file), p)
}

// Keys are the keys of the two key files.
type Keys struct {
	Board   *board.Key
	Receipt ed25519.PrivateKey
}

// KeyFiles gives the paths of the two key files.
func (s *Settings) KeyFiles() (board, receipt string) {
	return s.path(s.BoardKey), s.path(s.ReceiptKey)
}

// collector makes the collector's configuration.
func (s *Settings) collector(keys Keys, logger *slog.Logger) (collector.Config, error) {
	ask, err := s.inquiry()
	if err != nil {
		return collector.Config{}, err
	}
	notices, err := s.notices()
	if err != nil {
		return collector.Config{}, err
	}
	c := collector.Config{
		Notices:  notices,
		Database: s.database(), Folder: os.DirFS(s.path(s.Folder)),
		BoardKey: keys.Board, ReceiptKey: keys.Receipt,
		Memory:  s.memory(),
		Inquiry: ask, Interval: s.CheckpointInterval, Proxies: s.Proxies, Now: clock, Logger: logger,
		RollLag: s.Roll.Lag,
		Rate:    collector.Rate{PerSecond: s.RequestsPerSecond, Burst: s.Burst}, Voter: s.Voter.limits(),
	}
	c.Smallest = s.Statistics.Smallest
	for _, w := range s.Witness {
		c.Witnesses = append(c.Witnesses, collector.Witness(w))
	}
	c.CheckPage, err = s.checkPage()
	return c, err
}

// inquiry is who asks the eID issuers.
func (s *Settings) inquiry() (*inquiry.Client, error) {
	config := inquiry.Config{TimeStamps: s.TimeStamps, Issuers: map[inquiry.Fingerprint]inquiry.Addresses{}}
	for _, issuer := range s.Issuer {
		raw, err := os.ReadFile(s.path(issuer.Certificate))
		if err != nil {
			return nil, fmt.Errorf("configuration: issuer: %w", err)
		}
		block, _ := pem.Decode(raw)
		if block == nil {
			return nil, fmt.Errorf("configuration: issuer: %s: no certificate in it", issuer.Certificate)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("configuration: issuer: %s: %w", issuer.Certificate, err)
		}
		config.Issuers[inquiry.FingerprintOf(cert)] = inquiry.Addresses{Status: issuer.Status, List: issuer.List}
	}
	return inquiry.New(config), nil
}

// database makes sqlite:file.db relative to the configuration file.
func (s *Settings) database() string {
	if file, ok := strings.CutPrefix(s.Database, "sqlite:"); ok && !strings.HasPrefix(file, "/") {
		return "sqlite:" + filepath.ToSlash(s.path(file))
	}
	return s.Database
}

// ErrMode is returned for a file with a secret that others than its owner can read.
var ErrMode = errors.New("the file can be read by others: chmod 600")

// secret refuses a file that others can read.
func secret(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: %w", file, ErrMode)
	}
	return nil
}
