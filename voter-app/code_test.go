package voter_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/pkcs12"
	"valik/eid/token"
	"valik/election"
	voter "valik/voter-app"
)

func TestCodeOf(t *testing.T) {
	for want, err := range map[string]error{
		"stopped":            context.Canceled,
		"cut_off":            &voter.CastError{Outcome: voter.Unknown, Err: voter.ErrCutOff},
		"stale":              &voter.CastError{Outcome: voter.NotCast, Err: &voter.RefusedError{Refusal: &election.Refusal{Code: "stale"}}},
		"selection":          &election.SelectionError{Contest: "mayor", Detail: "none"},
		"token_pin_locked":   &token.PINError{PINState: token.PINState{Locked: true}},
		"pkcs12_passphrase":  pkcs12.ErrPassphrase,
		"certificate_policy": eid.Refuse(eid.CodeCertificatePolicy, errors.New("x")),
		"fault":              errors.New("something"),
	} {
		require.Equal(t, want, voter.CodeOf(fmt.Errorf("somewhere: %w", err)))
	}
	seen := map[string]bool{}
	for _, code := range voter.Codes() {
		require.Regexp(t, `^[a-z_]+$`, code)
		require.False(t, seen[code], code)
		seen[code] = true
	}
}
