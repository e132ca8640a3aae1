package collector

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"valik/collector/store"
	"valik/eid"
	"valik/election"
)

const (
	containerType = "application/vnd.etsi.asic-e+zip"
	jsonType      = "application/json"
	requestLimit  = 64 << 10 // bytes of a request that is no ballot
	checkPath     = "/check" // of the page for the second device
)

// Handler serves the API of openapi.yaml, but for what CardHandler serves.
func (c *Collector) Handler() http.Handler { return c.serve(c.route) }

// CardHandler serves the sign-on by TLS client certificate, at the address `cards` of the
// manifest: a listener of its own that asks for certificates (CardTLS), since browsers
// would show everybody a question that asks for them elsewhere.
func (c *Collector) CardHandler() http.Handler { return c.serve(c.routeCards) }

// CardTLS is how the listener of CardHandler asks: for any certificate, which
// LoginByCertificate judges by the manifest, and anew in every connection.
func CardTLS(server GetCertificate) *tls.Config {
	config := ServerTLS(server)
	config.ClientAuth, config.SessionTicketsDisabled = tls.RequireAnyClientCert, true
	return config
}

func (c *Collector) serve(route func(*gin.Engine)) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.ContextWithFallback = true
	if err := g.SetTrustedProxies(c.config.Proxies); err != nil {
		panic("collector: " + err.Error()) // New has checked them
	}
	g.Use(c.logged, c.recovered, hardened, c.limited(newLimiter(c.config.Rate)), c.within)
	route(g)
	nothing := c.handle(func(*gin.Context) error { return &Refusal{code: codeNotFound} })
	g.NoRoute(nothing)
	g.NoMethod(nothing)
	return g
}

// route is held against openapi.yaml by a test, in both directions.
func (c *Collector) route(g *gin.Engine) {
	share(g)
	c.leadToPage(g)
	g.GET("/v1/manifest", c.handle(c.getManifest))
	g.GET("/v1/manifest/signatures/:number", c.handle(c.getManifestSignature))
	g.GET("/v1/ceremony", c.handle(c.getCeremony))
	g.GET("/v1/open", c.timed, c.handle(c.getDocument(election.OpenFile)))
	g.GET("/v1/close", c.timed, c.handle(c.getDocument(election.CloseFile)))
	g.POST("/v1/session/challenge", c.handle(c.postChallenge))
	g.POST("/v1/session", c.handle(c.postSession))
	g.GET("/v1/session", c.handle(c.getSession))
	g.POST("/v1/ballots", c.timed, c.handle(c.postBallot))
	g.POST(lookRoute, c.handle(c.postLook))
	g.GET("/checkpoint", c.timed, c.handle(c.getCheckpoint))
	g.GET("/tile/*path", c.handle(c.getTile))
	g.GET("/healthz", c.handle(c.getHealth))
	g.GET("/openapi.yaml", c.handle(getOpenAPI))
	if c.config.CheckPage != nil {
		g.StaticFS(checkPath, http.FS(c.config.CheckPage))
	}
}

func (c *Collector) routeCards(g *gin.Engine) {
	g.POST("/v1/session/certificate", c.handle(c.postCertificate))
}

func (c *Collector) getManifest(g *gin.Context) error {
	g.Data(http.StatusOK, jsonType, c.manifest.Bytes())
	return nil
}

func (c *Collector) getManifestSignature(g *gin.Context) error {
	signatures := c.bench.Load().manifestSignatures
	number, err := strconv.Atoi(g.Param("number"))
	if err != nil || number < 1 || number > len(signatures) {
		return &Refusal{code: codeNotFound, err: err}
	}
	g.Data(http.StatusOK, "application/pkcs7-signature", signatures[number-1])
	return nil
}

func (c *Collector) getCeremony(g *gin.Context) error {
	g.Data(http.StatusOK, jsonType, c.bench.Load().ceremony)
	return nil
}

// getDocument serves what the collector wrote when the polls opened or closed.
func (c *Collector) getDocument(name string) func(*gin.Context) error {
	return func(g *gin.Context) error {
		doc, err := c.store.Document(g.Request.Context(), name)
		if errors.Is(err, store.ErrNotFound) {
			return &Refusal{code: codeNotFound, err: err}
		}
		if err != nil {
			return err
		}
		g.Data(http.StatusOK, jsonType, doc)
		return nil
	}
}

func (c *Collector) postChallenge(g *gin.Context) error {
	g.Header("Cache-Control", cacheNever)
	g.Data(http.StatusOK, jsonType, c.Challenge().Bytes())
	return nil
}

func (c *Collector) postSession(g *gin.Context) error {
	body, err := readBody(g, requestLimit)
	if err != nil {
		return &Refusal{code: codeBadRequest, err: err}
	}
	eligibility, err := c.Login(g.Request.Context(), body, g.Request.TLS)
	return answerEligibility(g, eligibility, err)
}

func (c *Collector) getSession(g *gin.Context) error {
	text, isBearer := strings.CutPrefix(g.GetHeader("Authorization"), "Bearer ")
	token, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || !isBearer {
		return &Refusal{code: codeSession, err: err}
	}
	eligibility, err := c.Session(g.Request.Context(), token)
	return answerEligibility(g, eligibility, err)
}

func (c *Collector) postCertificate(g *gin.Context) error {
	eligibility, err := c.LoginByCertificate(g.Request.Context(), g.Request.TLS)
	return answerEligibility(g, eligibility, err)
}

func answerEligibility(g *gin.Context, eligibility *election.Eligibility, err error) error {
	if err != nil {
		return err
	}
	g.Header("Cache-Control", cacheNever)
	g.Data(http.StatusOK, jsonType, eligibility.Bytes())
	return nil
}

func (c *Collector) postBallot(g *gin.Context) error {
	if g.ContentType() != containerType {
		return &Refusal{code: codeBadRequest, status: http.StatusUnsupportedMediaType}
	}
	body, err := readBody(g, eid.Limit+1)
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		return &Refusal{code: codeBadRequest, err: err}
	}
	// What was read of a body that is too large is too large a container: Cast says so.
	receipt, err := c.Cast(g.Request.Context(), body)
	if err != nil {
		return err
	}
	g.Header("Cache-Control", cacheNever)
	g.Data(http.StatusOK, jsonType, receipt.Bytes())
	return nil
}

func (c *Collector) postLook(g *gin.Context) error {
	index, err := strconv.ParseUint(g.Param("index"), 10, 53)
	if err != nil {
		return &Refusal{code: codeNotFound, err: err}
	}
	body, err := readBody(g, requestLimit)
	if err != nil {
		return &Refusal{code: codeBadRequest, err: err}
	}
	var ask struct {
		Ballot election.Hash `json:"ballot"`
	}
	if err := json.Unmarshal(body, &ask); err != nil {
		return &Refusal{code: codeBadRequest, err: err}
	}
	look, err := c.Look(g.Request.Context(), index, ask.Ballot)
	if err != nil {
		return err
	}
	g.Header("Cache-Control", cacheNever)
	g.JSON(http.StatusOK, look)
	return nil
}

func (c *Collector) getHealth(g *gin.Context) error {
	if err := c.store.Ping(g.Request.Context()); err != nil {
		return err
	}
	if err := c.watch.problem(c.config.Now()); err != nil {
		return err
	}
	g.Header("Cache-Control", cacheNever)
	g.String(http.StatusOK, "ok\n")
	return nil
}

// readBody reads a whole body that may have at most limit bytes.
func readBody(g *gin.Context, limit int64) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(g.Writer, g.Request.Body, limit))
}
