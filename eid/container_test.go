package eid_test

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/forge"
)

// The tests live in one day, so that they do not grow old.
var (
	validFrom = time.Date(2029, time.March, 1, 0, 0, 0, 0, time.UTC)
	validTo   = time.Date(2029, time.March, 31, 0, 0, 0, 0, time.UTC)
	now       = time.Date(2029, time.March, 4, 10, 30, 0, 123456789, time.FixedZone("EET", 2*3600))
)

func newAuthority(tb testing.TB) (*testpki.Authority, *eid.Issuers) {
	tb.Helper()
	authority, err := testpki.NewAuthority("Valik test", validFrom, validTo)
	require.NoError(tb, err)
	issuers, err := eid.NewIssuers(testpki.Rules(), authority.Certificates())
	require.NoError(tb, err)
	return authority, issuers
}

func newCard(tb testing.TB, a *testpki.Authority, curve elliptic.Curve) *testpki.Card {
	tb.Helper()
	card, err := a.Issue(testpki.PersonalCode(41), "Mari", "Mets", curve)
	require.NoError(tb, err)
	return card
}

func TestSealAndOpen(t *testing.T) {
	authority, issuers := newAuthority(t)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		t.Run(curve.Params().Name, func(t *testing.T) {
			card := newCard(t, authority, curve)
			sealed, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), card.Signing, now)
			require.NoError(t, err)
			opened, err := eid.ParseContainer(sealed.Bytes())
			require.NoError(t, err)
			require.Equal(t, sealed, opened)
			require.Equal(t, time.Date(2029, time.March, 4, 8, 30, 0, 0, time.UTC), opened.SigningTime)

			person, err := opened.Verify(issuers, now)
			require.NoError(t, err)
			require.Equal(t, testpki.PersonalCode(41), person.Code)
			require.Equal(t, "Mari Mets", person.Name)
			require.Equal(t, card.Signing.Certificate(), person.Certificate)
		})
	}
}

// TestSealRefuses: what a receiver would refuse is not made.
func TestSealRefuses(t *testing.T) {
	authority, _ := newAuthority(t)
	card := newCard(t, authority, elliptic.P256())
	odd, err := authority.IssueKey(authority.Template("", "", ""), elliptic.P521())
	require.NoError(t, err)
	for _, test := range []struct {
		code, name string
		data       []byte
		signer     eid.Signer
		at         time.Time
	}{
		{eid.CodeFileName, "", nil, card.Signing, now},
		{eid.CodeFileName, "..", nil, card.Signing, now},
		{eid.CodeFileName, "a/b", nil, card.Signing, now},
		{eid.CodeFileName, "a\n", nil, card.Signing, now},
		{eid.CodeFileName, "MIMETYPE", nil, card.Signing, now},
		{eid.CodeCertificateKeyUsage, "a", nil, card.Authentication, now},
		{eid.CodeCertificateKeyType, "a", nil, odd, now},
		{eid.CodeSigningTime, "a", nil, card.Signing, validFrom.Add(-time.Second)},
		{eid.CodeSigningTime, "a", nil, card.Signing, validTo.Add(time.Second)},
		{eid.CodeContainerTooLarge, "a", make([]byte, eid.Limit), card.Signing, now},
		{eid.CodeSignatureInvalid, "a", nil, brokenCard{card.Signing, nil}, now},
	} {
		_, err := eid.Seal(context.Background(), test.name, test.data, test.signer, test.at)
		require.Equal(t, test.code, eid.CodeOf(err), "%q: %v", test.name, err)
	}
	removed := errors.New("the card was removed")
	_, err = eid.Seal(context.Background(), "a", nil, brokenCard{card.Signing, removed}, now)
	require.ErrorIs(t, err, removed)
}

// brokenCard signs something else, or nothing.
type brokenCard struct {
	*testpki.Key
	err error
}

func (b brokenCard) SignDigest(ctx context.Context, digest []byte) ([]byte, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.Key.SignDigest(ctx, make([]byte, len(digest)))
}

// TestEveryByteCounts changes single bytes of a container: none of them can
// change and leave it good.
func TestEveryByteCounts(t *testing.T) {
	authority, issuers := newAuthority(t)
	c, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), newCard(t, authority, elliptic.P256()).Signing, now)
	require.NoError(t, err)
	good := c.Bytes()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= byte(1 + random.IntN(255))
		changed, err := eid.ParseContainer(bad)
		if err == nil {
			_, err = changed.Verify(issuers, now)
		}
		require.NotEmpty(t, eid.CodeOf(err), "byte %d: %v", i, err)
	}
	for i := range good {
		_, err := eid.ParseContainer(good[:i])
		require.NotEmpty(t, eid.CodeOf(err), "first %d bytes", i)
	}
}

// TestVerifyReadsTheFields: Verify judges what the struct says now, not what
// was parsed.
func TestVerifyReadsTheFields(t *testing.T) {
	authority, issuers := newAuthority(t)
	card := newCard(t, authority, elliptic.P256())
	other := newCard(t, authority, elliptic.P256())
	for name, change := range map[string]func(c *eid.Container){
		"name":        func(c *eid.Container) { c.FileName = "EP2028.ballot" },
		"data":        func(c *eid.Container) { c.Data = []byte("other") },
		"time":        func(c *eid.Container) { c.SigningTime = c.SigningTime.Add(time.Second) },
		"certificate": func(c *eid.Container) { c.Certificate = other.Signing.Certificate() },
		"signature":   func(c *eid.Container) { c.Signature = c.Signature[:63] },
		"padding":     func(c *eid.Container) { c.Signature = slices.Insert(c.Signature, 32, 0) },
		"none":        func(c *eid.Container) { c.Signature = nil },
	} {
		c, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), card.Signing, now)
		require.NoError(t, err)
		change(c)
		_, err = c.Verify(issuers, now)
		require.Equal(t, eid.CodeSignatureInvalid, eid.CodeOf(err), name)
	}
}

func TestParseKeepsNothing(t *testing.T) {
	authority, _ := newAuthority(t)
	c, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), newCard(t, authority, elliptic.P256()).Signing, now)
	require.NoError(t, err)
	b := c.Bytes()
	parsed, err := eid.ParseContainer(b)
	require.NoError(t, err)
	clear(b)
	require.Equal(t, c.Bytes(), parsed.Bytes())
}

func TestCheckSigningTime(t *testing.T) {
	c := &eid.Container{SigningTime: now}
	for _, off := range []time.Duration{0, eid.SigningTimeTolerance, -eid.SigningTimeTolerance} {
		require.NoError(t, c.CheckSigningTime(now.Add(off), eid.SigningTimeTolerance))
	}
	for _, off := range []time.Duration{time.Nanosecond, 1000 * time.Hour} {
		for _, clock := range []time.Time{now.Add(eid.SigningTimeTolerance + off), now.Add(-eid.SigningTimeTolerance - off)} {
			err := c.CheckSigningTime(clock, eid.SigningTimeTolerance)
			require.Equal(t, eid.CodeSigningTime, eid.CodeOf(err))
		}
	}
	require.Error(t, c.CheckSigningTime(time.Time{}, eid.SigningTimeTolerance))
}

func FuzzParseContainer(f *testing.F) {
	certs, vectors := forge.Vectors()
	issuers, err := eid.NewIssuers(testpki.Rules(), certs)
	require.NoError(f, err)
	for _, v := range vectors {
		if len(v.Bytes) < 1<<14 {
			f.Add(v.Bytes)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := eid.ParseContainer(b)
		if err != nil {
			require.NotEmpty(t, eid.CodeOf(err))
			return
		}
		require.Equal(t, b, c.Bytes())
		if _, err := c.Verify(issuers, c.SigningTime); err != nil {
			require.NotEmpty(t, eid.CodeOf(err))
		}
	})
}

// BenchmarkOpen is what a collector or verifier pays for a container: reading
// it, and reading and verifying it. A P-256 card has a P-256 issuer, a P-384 card a
// P-384 issuer: two signatures of its curve.
func BenchmarkOpen(b *testing.B) {
	authority, issuers := newAuthority(b)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		c, err := eid.Seal(context.Background(), "EP2029.ballot", make([]byte, 4096), newCard(b, authority, curve).Signing, now)
		require.NoError(b, err)
		raw := c.Bytes()
		b.Run("parse/"+curve.Params().Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := eid.ParseContainer(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("parse+verify/"+curve.Params().Name, func(b *testing.B) {
			for b.Loop() {
				c, err := eid.ParseContainer(raw)
				if err == nil {
					_, err = c.Verify(issuers, now)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
