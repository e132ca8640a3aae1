package collector

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// leadToPage leads from the address in the links of ballots, /check, to /check/, where the
// page is: it names its files relative to that. Browsers keep what stands behind # on the
// way. The address is relative, since a proxy may serve the collector under a path.
func (c *Collector) leadToPage(g *gin.Engine) {
	if c.config.CheckPage == nil {
		return
	}
	g.GET("/check", func(g *gin.Context) {
		g.Header("Location", "check/")
		g.Header("Cache-Control", cacheNever) // a setting may take the page away
		g.Status(http.StatusFound)
	})
}
