//go:build cgo

package token

import (
	"strings"
	"testing"

	"github.com/miekg/pkcs11"
	"github.com/stretchr/testify/require"
)

// TestConstants: ours are the library's, which come from the standard's headers.
func TestConstants(t *testing.T) {
	for ours, theirs := range map[uint]uint{
		flagLoginRequired: pkcs11.CKF_LOGIN_REQUIRED,
		flagPINSet:        pkcs11.CKF_USER_PIN_INITIALIZED,
		flagPinPad:        pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH,
		flagInitialized:   pkcs11.CKF_TOKEN_INITIALIZED,
		flagPINLow:        pkcs11.CKF_USER_PIN_COUNT_LOW,
		flagPINFinal:      pkcs11.CKF_USER_PIN_FINAL_TRY,
		flagPINLocked:     pkcs11.CKF_USER_PIN_LOCKED,
	} {
		require.Equal(t, theirs, ours)
	}
	for _, pair := range [][2]uint{
		{userNormal, pkcs11.CKU_USER},
		{userContextSpecific, pkcs11.CKU_CONTEXT_SPECIFIC},
		{stateReadUser, pkcs11.CKS_RO_USER_FUNCTIONS},
		{stateWriteUser, pkcs11.CKS_RW_USER_FUNCTIONS},
		{classCertificate, pkcs11.CKO_CERTIFICATE},
		{classPublicKey, pkcs11.CKO_PUBLIC_KEY},
		{classPrivateKey, pkcs11.CKO_PRIVATE_KEY},
		{attributeLabel, pkcs11.CKA_LABEL},
		{attributeValue, pkcs11.CKA_VALUE},
		{attributeID, pkcs11.CKA_ID},
		{attributeModulus, pkcs11.CKA_MODULUS},
		{attributePoint, pkcs11.CKA_EC_POINT},
		{attributeAlwaysAuth, pkcs11.CKA_ALWAYS_AUTHENTICATE},
		{mechanismRSA, pkcs11.CKM_RSA_PKCS},
		{mechanismPSS, pkcs11.CKM_RSA_PKCS_PSS},
		{mechanismECDSA, pkcs11.CKM_ECDSA},
	} {
		require.Equal(t, pair[1], pair[0])
	}
	for code, name := range names {
		require.True(t, strings.HasSuffix(pkcs11.Error(code).Error(), ": "+name), "%s, not %s", pkcs11.Error(code).Error(), name)
	}
}
