package mobileid

import "valik/eid/internal/rest"

// Error is why there is no signature: Code is stable, Sentence is for the person. Its
// text never has the relying party's UUID, the personal code or the phone number. It is
// the same type as smartid.Error.
type Error = rest.Error

// The kinds of errors, for errors.Is; smartid has the same.
var (
	ErrCancelled = rest.ErrCancelled // the person said no
	ErrTimedOut  = rest.ErrTimedOut  // the person did not answer in time
	ErrNoAccount = rest.ErrNoAccount // the person cannot use Mobile-ID
	ErrService   = rest.ErrService   // the service, or the way to it, does not work
	ErrUntrue    = rest.ErrUntrue    // the answer is not to be believed
)

// certificateResults are the results of a request for a certificate, of section 3.1.7.
var certificateResults = map[string]rest.Refusal{
	"NOT_FOUND":  {Code: "not_found", Sentence: "There is no Mobile-ID for this phone number and personal code. Check both, or ask your mobile operator.", Kind: ErrNoAccount},
	"NOT_ACTIVE": {Code: "not_active", Sentence: "Your Mobile-ID is not active. Activate it, or ask your mobile operator.", Kind: ErrNoAccount},
}

// sessionResults are the results of a session, of section 3.3.8.
var sessionResults = map[string]rest.Refusal{
	"TIMEOUT":                 {Code: "timeout", Sentence: "You did not enter your PIN on the phone in time. Start again and keep the phone at hand.", Kind: ErrTimedOut},
	"NOT_MID_CLIENT":          {Code: "not_mid_client", Sentence: "You have no active Mobile-ID. Activate it, or ask your mobile operator.", Kind: ErrNoAccount},
	"USER_CANCELLED":          {Code: "user_cancelled", Sentence: "You cancelled on the phone. Nothing was signed. Start again if that was by mistake.", Kind: ErrCancelled},
	"SIGNATURE_HASH_MISMATCH": {Code: "signature_hash_mismatch", Sentence: "Your SIM card's Mobile-ID is not set up as the service expects. Ask your mobile operator.", Kind: ErrNoAccount},
	"PHONE_ABSENT":            {Code: "phone_absent", Sentence: "Your phone is switched off or out of coverage. Switch it on, check the coverage and start again.", Kind: nil},
	"DELIVERY_ERROR":          {Code: "delivery_error", Sentence: "The request could not be sent to your phone. Switch the phone off and on, and start again.", Kind: nil},
	"SIM_ERROR":               {Code: "sim_error", Sentence: "Your SIM card gave a wrong answer. Start again; if it stays so, ask your mobile operator.", Kind: nil},
}

var (
	badRequest = rest.Refusal{Code: "request_refused", Sentence: "The service did not accept the request. Check your phone number and personal code.", Kind: nil}
	notAllowed = rest.Refusal{Code: "not_authorised", Sentence: "The service does not serve this election at the moment. Tell the electoral authority, or vote by another means.", Kind: ErrService}
	badMethod  = rest.Refusal{Code: "method_refused", Sentence: "The service does not know the request. Get the newest program, or vote by another means.", Kind: ErrService}
	broken     = rest.Refusal{Code: "service_failed", Sentence: "Mobile-ID has a fault at the moment. Try again later, or vote by another means.", Kind: ErrService}
	noSession  = rest.Refusal{Code: "session_not_found", Sentence: "The service has lost your request. Start again.", Kind: ErrService}
)

// startStatuses are the HTTP statuses of sections 3.1.8 and 3.2.6; 500 is of all 5xx.
var startStatuses = map[int]rest.Refusal{400: badRequest, 401: notAllowed, 405: badMethod, 500: broken}

// sessionStatuses are the HTTP statuses of section 3.3.9.
var sessionStatuses = map[int]rest.Refusal{400: badRequest, 401: notAllowed, 404: noSession, 405: badMethod, 500: broken}
