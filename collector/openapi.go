package collector

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"
)

// openAPI is the description of the API: the source, to which the routes are held by a test.
//
//go:embed openapi.yaml
var openAPI []byte

func getOpenAPI(g *gin.Context) error {
	g.Data(http.StatusOK, "application/yaml", openAPI)
	return nil
}
