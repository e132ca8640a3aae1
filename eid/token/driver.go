package token

// driver is the part of PKCS #11 that signing needs. There is one real
// implementation, of github.com/miekg/pkcs11; tests put themselves between it and
// the package to bring about what a software token cannot do. Errors are of type rv.
type driver interface {
	Initialize() error
	Finalize() error
	// Slots lists the slots that hold a token.
	Slots() ([]uint, error)
	Token(slot uint) (tokenInfo, error)
	// Mechanisms lists the mechanisms of the token in a slot.
	Mechanisms(slot uint) ([]uint, error)
	// OpenSession opens a session that only reads.
	OpenSession(slot uint) (session uint, err error)
	CloseSession(session uint) error
	SessionState(session uint) (uint, error)
	// Login gives the PIN; nil lets the token's own PIN pad ask for it.
	Login(session, user uint, pin []byte) error
	// Find lists objects of a class, and of an identifier if id is not nil.
	Find(session, class uint, id []byte) (objects []uint, err error)
	Attribute(session, object, attribute uint) ([]byte, error)
	SignInit(session, mechanism, key uint) error
	Sign(session uint, data []byte) ([]byte, error)
}

// tokenInfo is CK_TOKEN_INFO as far as we use it.
type tokenInfo struct {
	label, manufacturer, model, serial string
	flags, minPIN, maxPIN              uint
}

// rv is a return value of PKCS #11, CKR_….
type rv uint

// Constants of PKCS #11 v2.40. A test compares them with the library's.
const (
	flagLoginRequired = 0x00000004 // CKF_LOGIN_REQUIRED
	flagPINSet        = 0x00000008 // CKF_USER_PIN_INITIALIZED
	flagPinPad        = 0x00000100 // CKF_PROTECTED_AUTHENTICATION_PATH
	flagInitialized   = 0x00000400 // CKF_TOKEN_INITIALIZED
	flagPINLow        = 0x00010000 // CKF_USER_PIN_COUNT_LOW
	flagPINFinal      = 0x00020000 // CKF_USER_PIN_FINAL_TRY
	flagPINLocked     = 0x00040000 // CKF_USER_PIN_LOCKED

	userNormal          = 1 // CKU_USER
	userContextSpecific = 2 // CKU_CONTEXT_SPECIFIC

	stateReadUser  = 1 // CKS_RO_USER_FUNCTIONS
	stateWriteUser = 3 // CKS_RW_USER_FUNCTIONS

	classCertificate = 1 // CKO_CERTIFICATE
	classPublicKey   = 2 // CKO_PUBLIC_KEY
	classPrivateKey  = 3 // CKO_PRIVATE_KEY

	attributeLabel      = 0x003 // CKA_LABEL
	attributeValue      = 0x011 // CKA_VALUE
	attributeID         = 0x102 // CKA_ID
	attributeModulus    = 0x120 // CKA_MODULUS
	attributePoint      = 0x181 // CKA_EC_POINT
	attributeAlwaysAuth = 0x202 // CKA_ALWAYS_AUTHENTICATE

	mechanismRSA   = 0x0001 // CKM_RSA_PKCS
	mechanismPSS   = 0x000d // CKM_RSA_PKCS_PSS
	mechanismECDSA = 0x1041 // CKM_ECDSA
)

const (
	ckrCancel               rv = 0x001
	ckrSlotInvalid          rv = 0x003
	ckrAttributeSensitive   rv = 0x011
	ckrAttributeTypeInvalid rv = 0x012
	ckrDeviceError          rv = 0x030
	ckrDeviceRemoved        rv = 0x032
	ckrFunctionCanceled     rv = 0x050
	ckrKeyHandleInvalid     rv = 0x060
	ckrObjectHandleInvalid  rv = 0x082
	ckrPINIncorrect         rv = 0x0a0
	ckrPINInvalid           rv = 0x0a1
	ckrPINLength            rv = 0x0a2
	ckrPINExpired           rv = 0x0a3
	ckrPINLocked            rv = 0x0a4
	ckrSessionClosed        rv = 0x0b0
	ckrSessionInvalid       rv = 0x0b3
	ckrTokenNotPresent      rv = 0x0e0
	ckrTokenNotRecognized   rv = 0x0e1
	ckrAlreadyLoggedIn      rv = 0x100
	ckrPINNotInitialized    rv = 0x102
	ckrNotInitialized       rv = 0x190
	ckrAlreadyInitialized   rv = 0x191
)

var names = map[rv]string{
	ckrCancel: "CKR_CANCEL", ckrSlotInvalid: "CKR_SLOT_ID_INVALID", ckrAttributeSensitive: "CKR_ATTRIBUTE_SENSITIVE",
	ckrAttributeTypeInvalid: "CKR_ATTRIBUTE_TYPE_INVALID", ckrDeviceError: "CKR_DEVICE_ERROR",
	ckrDeviceRemoved: "CKR_DEVICE_REMOVED", ckrFunctionCanceled: "CKR_FUNCTION_CANCELED",
	ckrKeyHandleInvalid: "CKR_KEY_HANDLE_INVALID", ckrObjectHandleInvalid: "CKR_OBJECT_HANDLE_INVALID",
	ckrPINIncorrect: "CKR_PIN_INCORRECT", ckrPINInvalid: "CKR_PIN_INVALID", ckrPINLength: "CKR_PIN_LEN_RANGE",
	ckrPINExpired: "CKR_PIN_EXPIRED", ckrPINLocked: "CKR_PIN_LOCKED", ckrSessionClosed: "CKR_SESSION_CLOSED",
	ckrSessionInvalid: "CKR_SESSION_HANDLE_INVALID", ckrTokenNotPresent: "CKR_TOKEN_NOT_PRESENT",
	ckrTokenNotRecognized: "CKR_TOKEN_NOT_RECOGNIZED", ckrAlreadyLoggedIn: "CKR_USER_ALREADY_LOGGED_IN",
	ckrPINNotInitialized: "CKR_USER_PIN_NOT_INITIALIZED", ckrNotInitialized: "CKR_CRYPTOKI_NOT_INITIALIZED",
	ckrAlreadyInitialized: "CKR_CRYPTOKI_ALREADY_INITIALIZED",
}
