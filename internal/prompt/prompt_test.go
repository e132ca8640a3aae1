package prompt

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/token"
)

func TestQuestion(t *testing.T) {
	for want, p := range map[string]token.Prompt{
		`PIN of "ID-kaart (PIN2)" to sign`:                                                                  {Token: "ID-kaart (PIN2)", Usage: eid.Signing},
		`PIN of "card" to say who you are`:                                                                  {Token: "card", Usage: eid.Authentication},
		`The last PIN was wrong. Few attempts are left. PIN of "card" to sign`:                              {Token: "card", Usage: eid.Signing, Low: true, Again: true},
		`At the reader's own keys, give the PIN of "card" to sign`:                                          {Token: "card", Usage: eid.Signing, PinPad: true},
		`PIN of "\x1b[2J" to sign`:                                                                          {Token: "\x1b[2J", Usage: eid.Signing},
		`ONE ATTEMPT IS LEFT: another wrong PIN locks the card. An empty line stops. PIN of "card" to sign`: {Token: "card", Usage: eid.Signing, Low: true, Final: true},
	} {
		require.Equal(t, want, Question(p))
	}
}
