package collector

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

var (
	description      = describedBy(openAPI)
	adminDescription = describedBy(adminAPI)
)

func describedBy(api []byte) func() (*openapi3.T, error) {
	return sync.OnceValues(func() (*openapi3.T, error) {
		doc, err := openapi3.NewLoader().LoadFromData(api)
		if err != nil {
			return nil, err
		}
		return doc, doc.Validate(context.Background())
	})
}

func TestDescriptionAndRoutesAreTheSame(t *testing.T) {
	c := &Collector{metrics: newMetrics()}
	public, admin := gin.New(), gin.New()
	c.route(public)
	c.routeCards(public)
	c.routeAdmin(admin)
	requireSameRoutes(t, description, public)
	requireSameRoutes(t, adminDescription, admin)
}

func requireSameRoutes(t *testing.T, description func() (*openapi3.T, error), g *gin.Engine) {
	t.Helper()
	doc, err := description()
	require.NoError(t, err)
	var described, routed []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	parameter := regexp.MustCompile(`[:*]([a-z]+)`)
	for _, r := range g.Routes() {
		routed = append(routed, r.Method+" "+parameter.ReplaceAllString(r.Path, "{$1}"))
	}
	sort.Strings(described)
	sort.Strings(routed)
	require.Equal(t, described, routed)
}

// requireDescribed holds an answer against the description.
func requireDescribed(t *testing.T, req *http.Request, resp *http.Response, body []byte) {
	t.Helper()
	requireDescribedBy(t, description, req, resp, body)
}

func requireDescribedBy(t *testing.T, description func() (*openapi3.T, error), req *http.Request, resp *http.Response, body []byte) {
	t.Helper()
	route, parameters := describedRoute(t, description, req)
	if route == nil {
		require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, resp.StatusCode, "%s is not described", req.URL.Path)
		return
	}
	require.NoError(t, openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: parameters, Route: route},
		Status:                 resp.StatusCode,
		Header:                 resp.Header,
		Body:                   io.NopCloser(bytes.NewReader(body)),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	}), "%s %s", req.Method, req.URL.Path)
}

// describedRoute finds the operation of a request. A parameter at the end of a template
// may have several segments here, which OpenAPI cannot say.
func describedRoute(t *testing.T, description func() (*openapi3.T, error), req *http.Request) (*routers.Route, map[string]string) {
	doc, err := description()
	require.NoError(t, err)
	for template, item := range doc.Paths.Map() {
		operation := item.GetOperation(req.Method)
		pattern := regexp.MustCompile(`\{[a-z]+\}$`).ReplaceAllString(template, `.+`)
		pattern = regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(pattern, `[^/]+`)
		if operation != nil && regexp.MustCompile("^"+strings.ReplaceAll(pattern, ".yaml", `\.yaml`)+"$").MatchString(req.URL.Path) {
			return &routers.Route{Spec: doc, Path: template, PathItem: item, Method: req.Method, Operation: operation}, nil
		}
	}
	return nil, nil
}

func init() {
	// What has a media type of its own is bytes; the description says no more.
	for _, mediaType := range []string{"application/pkcs7-signature", "application/yaml"} {
		openapi3filter.RegisterBodyDecoder(mediaType, openapi3filter.FileBodyDecoder)
	}
}
