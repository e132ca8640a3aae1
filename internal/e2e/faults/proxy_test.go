package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// toxic is what Toxiproxy calls a fault of a connection.
type toxic struct {
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Stream     string         `json:"stream"` // downstream: from the server to the client
	Attributes map[string]int `json:"attributes"`
}

// proxies is a running Toxiproxy.
type proxies struct {
	api  string
	made atomic.Int64
}

func startProxies(t testing.TB) *proxies {
	t.Helper()
	address := freeAddress(t)
	host, port, _ := bytes.Cut([]byte(address), []byte(":"))
	p, err := start(filepath.Join(bin, "toxiproxy"), nil, "-host", string(host), "-port", string(port))
	require.NoError(t, err)
	t.Cleanup(p.kill)
	all := &proxies{api: "http://" + address}
	require.Eventually(t, func() bool { return all.call(http.MethodGet, "/version", nil) == nil }, soon, 20*time.Millisecond)
	return all
}

func (p *proxies) call(method, path string, document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, p.api+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("toxiproxy: %s: %s", resp.Status, answer)
	}
	return err
}

// proxy is a way to a server that can be disturbed.
type proxy struct {
	all           *proxies
	name, address string
}

func (p *proxies) to(t testing.TB, upstream string) *proxy {
	t.Helper()
	way := &proxy{p, fmt.Sprint("way-", p.made.Add(1)), freeAddress(t)}
	require.NoError(t, p.call(http.MethodPost, "/proxies", map[string]any{
		"name": way.name, "listen": way.address, "upstream": upstream, "enabled": true,
	}))
	return way
}

// cut ends all connections and takes no new ones until mend.
func (p *proxy) cut() error { return p.enable(false) }

func (p *proxy) mend() error { return p.enable(true) }

func (p *proxy) enable(yes bool) error {
	return p.all.call(http.MethodPost, "/proxies/"+p.name, map[string]any{"enabled": yes})
}

// lead lets the way end at another server.
func (p *proxy) lead(upstream string) error {
	return p.all.call(http.MethodPost, "/proxies/"+p.name, map[string]any{"upstream": upstream, "enabled": true})
}

// disturb adds a toxic; the function that it gives removes it.
func (p *proxy) disturb(kind, stream string, attributes map[string]int) (heal func() error, err error) {
	x := toxic{fmt.Sprint(kind, "-", p.all.made.Add(1)), kind, stream, attributes}
	err = p.all.call(http.MethodPost, "/proxies/"+p.name+"/toxics", x)
	return func() error { return p.all.call(http.MethodDelete, "/proxies/"+p.name+"/toxics/"+x.Name, nil) }, err
}
