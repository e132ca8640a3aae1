package collector

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// lookRoute is where a second device looks at a ballot.
const lookRoute = "/v1/ballots/:index/look"

// shared are the routes whose answers a page of another host may read: what the check with
// a second device asks for, so that who hosts that page need not be who runs the collector.
// All of it is public, but for the look, which needs what only the voter's link says; so
// any host may ask. Nothing that a voter signs on or casts with is ever here.
var shared = map[string]bool{
	"/v1/manifest":                    true,
	"/v1/manifest/signatures/:number": true,
	"/v1/ceremony":                    true,
	"/checkpoint":                     true,
	"/tile/*path":                     true,
	lookRoute:                         true,
}

// share lets browsers hand the answers of shared routes, refusals too, to pages of other
// hosts (Fetch standard, CORS). Never with cookies or certificates: "*" forbids them.
// Routes that come after it have it.
func share(g *gin.Engine) {
	g.Use(func(g *gin.Context) {
		if shared[g.FullPath()] {
			g.Header("Access-Control-Allow-Origin", "*")
		}
	})
	g.OPTIONS(lookRoute, preflight)
}

// preflight answers a browser that asks whether a page may send a look: its body is JSON,
// and browsers ask before they send that to another host. Nothing else may be sent.
func preflight(g *gin.Context) {
	g.Header("Access-Control-Allow-Methods", http.MethodPost)
	g.Header("Access-Control-Allow-Headers", "Content-Type")
	g.Status(http.StatusNoContent)
}
