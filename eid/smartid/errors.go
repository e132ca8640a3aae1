package smartid

import "valik/eid/internal/rest"

// Error is why there is no signature: Code is stable, Sentence is for the person. Its
// text never has the relying party's UUID, the personal code or the document number. It
// is the same type as mobileid.Error.
type Error = rest.Error

// The kinds of errors, for errors.Is; mobileid has the same.
var (
	ErrCancelled = rest.ErrCancelled // the person said no
	ErrTimedOut  = rest.ErrTimedOut  // the person did not answer in time
	ErrNoAccount = rest.ErrNoAccount // the person cannot use Smart-ID for this
	ErrService   = rest.ErrService   // the service, or the way to it, does not work
	ErrUntrue    = rest.ErrUntrue    // the answer is not to be believed
)

const (
	cancelled  = "You cancelled in the Smart-ID app. Nothing was signed. Start again if that was by mistake."
	checkApp   = "Your Smart-ID account cannot be used at the moment. Open the Smart-ID app and see what it asks for, or ask Smart-ID's help."
	serverSide = "Smart-ID has a fault at the moment. Try again later, or vote by another means."
)

// sessionResults are the results of a session, of section 2.3.12.5. The last five are of
// version 3: a service between may speak that version to Smart-ID.
var sessionResults = map[string]rest.Refusal{
	"USER_REFUSED":                                    {Code: "user_refused", Sentence: cancelled, Kind: ErrCancelled},
	"USER_REFUSED_CERT_CHOICE":                        {Code: "user_refused_cert_choice", Sentence: "You cancelled the choice of a device in the Smart-ID app. Nothing was signed. Start again if that was by mistake.", Kind: ErrCancelled},
	"USER_REFUSED_DISPLAYTEXTANDPIN":                  {Code: "user_refused_displaytextandpin", Sentence: cancelled, Kind: ErrCancelled},
	"USER_REFUSED_VC_CHOICE":                          {Code: "user_refused_vc_choice", Sentence: cancelled, Kind: ErrCancelled},
	"USER_REFUSED_CONFIRMATIONMESSAGE":                {Code: "user_refused_confirmationmessage", Sentence: cancelled, Kind: ErrCancelled},
	"USER_REFUSED_CONFIRMATIONMESSAGE_WITH_VC_CHOICE": {Code: "user_refused_confirmationmessage_with_vc_choice", Sentence: cancelled, Kind: ErrCancelled},
	"TIMEOUT":           {Code: "timeout", Sentence: "You did not confirm in the Smart-ID app in time. Start again and keep the phone at hand.", Kind: ErrTimedOut},
	"DOCUMENT_UNUSABLE": {Code: "document_unusable", Sentence: checkApp, Kind: ErrNoAccount},
	"WRONG_VC":          {Code: "wrong_vc", Sentence: "The control code chosen in the Smart-ID app was not the one shown here. Nothing was signed. Start again, and choose the code that this program shows.", Kind: nil},
	"REQUIRED_INTERACTION_NOT_SUPPORTED_BY_APP": {Code: "required_interaction_not_supported_by_app", Sentence: "Your Smart-ID app is too old for this. Update it and start again.", Kind: ErrNoAccount},

	"USER_REFUSED_INTERACTION": {Code: "user_refused_interaction", Sentence: cancelled, Kind: ErrCancelled},
	"ACCOUNT_UNUSABLE":         {Code: "account_unusable", Sentence: checkApp, Kind: ErrNoAccount},
	"EXPECTED_LINKED_SESSION":  {Code: "expected_linked_session", Sentence: serverSide, Kind: ErrService},
	"PROTOCOL_FAILURE":         {Code: "protocol_failure", Sentence: serverSide, Kind: ErrService},
	"SERVER_ERROR":             {Code: "server_error", Sentence: serverSide, Kind: ErrService},
}

// What may be wrong with a certificate besides what rest refuses.
var (
	lowLevel         = rest.Refusal{Code: "certificate_level", Sentence: "Your Smart-ID account is not of the level that elections need. Get a full Smart-ID account, or vote by another means.", Kind: ErrUntrue}
	otherCertificate = rest.Refusal{Code: "other_certificate", Sentence: "The signature was made on another device than the one chosen. Start again, and confirm on the same device.", Kind: ErrUntrue}
)

var (
	badRequest   = rest.Refusal{Code: "request_refused", Sentence: "The service did not accept the request. Check your personal code.", Kind: nil}
	notAllowed   = rest.Refusal{Code: "not_authorised", Sentence: "The service does not serve this election at the moment. Tell the electoral authority, or vote by another means.", Kind: ErrService}
	notPermitted = rest.Refusal{Code: "not_permitted", Sentence: "The service may not ask this of Smart-ID. Tell the electoral authority, or vote by another means.", Kind: ErrService}
	noAccount    = rest.Refusal{Code: "account_not_found", Sentence: "There is no Smart-ID account for this personal code. Check the code, or vote by another means.", Kind: ErrNoAccount}
	noSession    = rest.Refusal{Code: "session_not_found", Sentence: "The service has lost your request. Start again.", Kind: ErrService}
	unsuitable   = rest.Refusal{Code: "account_unsuitable", Sentence: "Your Smart-ID account is not of the kind that elections need. Get a full Smart-ID account, or vote by another means.", Kind: ErrNoAccount}
	seeApp       = rest.Refusal{Code: "see_app", Sentence: "Smart-ID has a message for you. Open the Smart-ID app or the self-service portal, read it and start again.", Kind: ErrNoAccount}
	tooOld       = rest.Refusal{Code: "client_too_old", Sentence: "This program is too old for Smart-ID. Get the newest program.", Kind: ErrService}
	broken       = rest.Refusal{Code: "service_failed", Sentence: serverSide, Kind: ErrService}
	maintenance  = rest.Refusal{Code: "maintenance", Sentence: "Smart-ID is being maintained. Try again later, or vote by another means.", Kind: ErrService}
)

// startStatuses are the HTTP statuses of sections 2.1.1, 2.2.3, 2.3.3 and of each request;
// 500 is of all other 5xx.
var startStatuses = map[int]rest.Refusal{
	400: badRequest, 401: notAllowed, 403: notPermitted, 404: noAccount, 471: unsuitable, 472: seeApp, 480: tooOld,
	500: broken, 580: maintenance,
}

// sessionStatuses are the HTTP statuses of questions about a session.
var sessionStatuses = map[int]rest.Refusal{
	400: badRequest, 401: notAllowed, 403: notPermitted, 404: noSession, 480: tooOld, 500: broken, 580: maintenance,
}
