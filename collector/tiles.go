package collector

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"valik/board"
	"valik/collector/store"
)

// What caches may keep. A partial tile never changes either: its width is in its path.
const (
	cacheForever = "public, max-age=31536000, immutable"
	cacheNever   = "no-store"
)

// getCheckpoint serves the newest checkpoint that carries all signatures.
func (c *Collector) getCheckpoint(g *gin.Context) error {
	at, err := c.store.Checkpoint(g.Request.Context())
	if errors.Is(err, store.ErrNotFound) {
		return &Refusal{code: codeNotFound, err: err}
	}
	if err != nil {
		return err
	}
	g.Header("Cache-Control", cacheNever)
	g.Data(http.StatusOK, "text/plain; charset=utf-8", at.Note)
	return nil
}

// getTile serves tiles and entry bundles of the published tree, made from the database.
func (c *Collector) getTile(g *gin.Context) error {
	at, err := c.store.Checkpoint(g.Request.Context())
	if errors.Is(err, store.ErrNotFound) {
		return &Refusal{code: codeNotFound, err: err}
	}
	if err != nil {
		return err
	}
	path := strings.TrimPrefix(g.Request.URL.Path, "/")
	data, err := board.TileData(at.Size, path, c.store.Tree(g.Request.Context()))
	if errors.Is(err, board.ErrMalformed) || errors.Is(err, board.ErrOutside) {
		return &Refusal{code: codeNotFound, err: err}
	}
	if err != nil {
		return err
	}
	g.Header("Cache-Control", cacheForever)
	g.Data(http.StatusOK, "application/octet-stream", data)
	return nil
}
