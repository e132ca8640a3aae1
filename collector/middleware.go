package collector

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// codeKey is where a handler leaves the code of its refusal for the line in the log.
const codeKey = "code"

// whoKey is where the admin listener leaves the hash of the certificate of who asks.
const whoKey = "who"

// handle makes a handler that answers an error by a signed refusal.
func (c *Collector) handle(f func(*gin.Context) error) gin.HandlerFunc {
	return func(g *gin.Context) {
		if err := f(g); err != nil {
			c.refuse(g, err)
		}
	}
}

func (c *Collector) refuse(g *gin.Context, err error) {
	r := refusalOf(err)
	if r.code == codeUnavailable && !errors.Is(err, context.Canceled) {
		c.config.Logger.Error("internal error", "route", g.FullPath(), "error", err)
	}
	c.metrics.refusals.WithLabelValues(r.Code()).Inc()
	g.Set(codeKey, r.Code())
	g.Header("Cache-Control", cacheNever)
	if r.after > 0 {
		g.Header("Retry-After", strconv.Itoa(int(math.Ceil(r.after.Seconds()))))
	}
	g.Data(r.Status(), jsonType, c.document(r).Bytes())
	g.Abort()
}

// logged writes one line a request. It has no ballot, no signature, no voter and no
// address: the times of the log and of the network would otherwise name voters.
func (c *Collector) logged(g *gin.Context) {
	began := time.Now()
	g.Next()
	took := time.Since(began)
	route := g.FullPath()
	if route == "" {
		route = "none"
	}
	c.metrics.request(route, g.Writer.Status(), took)
	attributes := []any{
		"method", g.Request.Method, "route", route,
		"status", g.Writer.Status(), "code", g.GetString(codeKey), "bytes", g.Writer.Size(), "took", took,
	}
	if who := g.GetString(whoKey); who != "" {
		attributes = append(attributes, "admin", who)
	}
	c.config.Logger.Info("request", attributes...)
}

// requestTime is how long a request may take from its first byte: more than a batch and its
// witnesses need. Whoever waits in vain then is told to ask again.
const requestTime = 90 * time.Second

// within ends what a request has begun when its time is over.
func (c *Collector) within(g *gin.Context) {
	ctx, cancel := context.WithTimeout(g.Request.Context(), c.limit)
	defer cancel()
	g.Request = g.Request.WithContext(ctx)
	g.Next()
}

// recovered answers a panic as an internal error: one bad request must not end the others.
func (c *Collector) recovered(g *gin.Context) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler:
			panic(p)
		default:
			c.config.Logger.Error("panic", "route", g.FullPath(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			c.refuse(g, errors.New("a panic"))
		}
	}()
	g.Next()
}

// Of what browsers may run: nothing in an answer of the API, the check page's own files there.
const (
	apiPolicy  = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	pagePolicy = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// hardened tells browsers to run nothing here but the check page's own files, to tell no
// other site where they came from, to show nothing of this to other sites' pages, to give
// the page the camera for the QR code and no other device, and, where this server ends TLS
// itself, never to come back without it. (RFC 6797 forbids to say that over plain HTTP.)
func hardened(g *gin.Context) {
	h := g.Writer.Header()
	h.Set("Content-Security-Policy", apiPolicy)
	if strings.HasPrefix(g.Request.URL.Path, checkPath+"/") {
		h.Set("Content-Security-Policy", pagePolicy)
	}
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), usb=(), payment=()")
	if g.Request.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

func (c *Collector) limited(l *limiter) gin.HandlerFunc {
	return func(g *gin.Context) {
		if !l.allow(line(g.ClientIP()), time.Now()) {
			c.refuse(g, &Refusal{code: codeTooMany, after: time.Second})
		}
	}
}

// line gives what is limited together: an IPv4 address, or the /64 that one line gets of IPv6.
func line(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	net, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return net.String()
}

// checkProxies refuses what gin would only refuse when the handler is made.
func checkProxies(proxies []string) error {
	for _, p := range proxies {
		_, addressErr := netip.ParseAddr(p)
		_, networkErr := netip.ParsePrefix(p)
		if addressErr != nil && networkErr != nil {
			return fmt.Errorf("collector: %q is neither an address nor a network of a proxy", p)
		}
	}
	return nil
}

// timed makes the log follow the clock before the request is answered: nobody is told
// that the polls are open, or sees the board as open, when they are not. While nothing may
// be appended, the board is shown as it is.
func (c *Collector) timed(g *gin.Context) {
	if err := c.sequence.turn(g.Request.Context()); err != nil && !isHalt(err) {
		c.refuse(g, err)
	}
}
