package collector

import (
	_ "embed"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// adminAPI is the description of the API of the admin listener, to which its routes are
// held by a test.
//
//go:embed admin.yaml
var adminAPI []byte

// adminKind says how the journal records a function.
type adminKind int

const (
	// acts: between two lines. The answer is the outcome.
	acts adminKind = iota
	// reads: a line before the answer.
	reads
	// watches: what a machine asks every few seconds. It has a line an hour for each
	// certificate, and is served also while the journal cannot be written: just then the
	// operator needs it. The log has a line for every request.
	watches
)

// adminRoute is one function of the admin listener. Only a row of adminRoutes makes one, so
// that the journal forgets none.
type adminRoute struct {
	method, path string
	what         string // its name in the journal
	kind         adminKind
	serve        func(*gin.Context) error // one that acts leaves the answer to us
}

func (c *Collector) adminRoutes() []adminRoute {
	return []adminRoute{
		{http.MethodGet, "/metrics", "metrics", watches, c.getMetrics},
		{http.MethodGet, "/v1/state", "state", watches, c.getState},
		{http.MethodGet, "/v1/journal", "journal", reads, c.getJournal},
		{http.MethodGet, "/v1/statistics", "statistics", reads, c.getStatistics},
		{http.MethodGet, "/v1/total", "total", reads, c.getTotal},
		{http.MethodPost, "/v1/reload", "reload", acts, func(g *gin.Context) error { return c.renew(g.Request.Context()) }},
		{http.MethodGet, "/admin.yaml", "description", reads, getAdminAPI},
	}
}

// AdminHandler serves the API of admin.yaml to who authenticates with one of the
// certificates of Config.Admins: on a listener of its own, with Admins.TLS. Who holds none
// is refused here too, so that an admin who was taken out cannot go on in an old connection.
func (c *Collector) AdminHandler() http.Handler {
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.Use(c.logged, c.recovered, hardened, c.adminsOnly)
	c.routeAdmin(g)
	nothing := func(g *gin.Context) {
		g.JSON(http.StatusNotFound, adminOutcome{Outcome: outcomeFailed, Code: codeNotFound, Error: "there is no such function"})
	}
	g.NoRoute(nothing)
	g.NoMethod(nothing)
	// A browser that has an admin's certificate must not act for another site.
	return http.NewCrossOriginProtection().Handler(g)
}

func (c *Collector) routeAdmin(g *gin.Engine) {
	watched := &watched{at: map[string]time.Time{}}
	for _, r := range c.adminRoutes() {
		g.Handle(r.method, r.path, c.recorded(r, watched))
	}
}

// agentKey is where adminsOnly leaves who asks.
const agentKey = "agent"

func (c *Collector) adminsOnly(g *gin.Context) {
	cert, err := clientCertificate(g.Request.TLS)
	if err != nil || !c.config.Admins.Allows(cert) {
		c.failed(g, http.StatusUnauthorized, 0, errNotAdmin)
		return
	}
	by := agentOf(cert)
	g.Set(agentKey, by)
	g.Set(whoKey, by.certificate.String())
}

// adminOutcome is the answer of a function that acts, and of every one that fails.
type adminOutcome struct {
	Line    uint64 `json:"line,omitempty"` // of the journal
	Outcome string `json:"outcome"`
	Code    string `json:"code,omitempty"`
	Error   string `json:"error,omitempty"` // for officials
}

func (c *Collector) failed(g *gin.Context, status int, line uint64, err error) {
	code := failureCode(err)
	g.Set(codeKey, code)
	g.Header("Cache-Control", cacheNever)
	g.AbortWithStatusJSON(status, adminOutcome{Line: line, Outcome: outcomeFailed, Code: code, Error: err.Error()})
}

// recorded makes the handler of a function.
func (c *Collector) recorded(r adminRoute, w *watched) gin.HandlerFunc {
	return func(g *gin.Context) {
		by := g.MustGet(agentKey).(Agent)
		g.Header("Cache-Control", cacheNever)
		line, err := c.runAdmin(g, by, r, w)
		switch {
		case err != nil:
			c.failed(g, adminStatus(err), line, err)
		case r.kind == acts:
			g.JSON(http.StatusOK, adminOutcome{Line: line, Outcome: outcomeDone})
		}
	}
}

func adminStatus(err error) int {
	var r *Refusal
	switch {
	case errors.As(err, &r):
		return r.Status()
	case errors.Is(err, ErrUnrecorded):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
