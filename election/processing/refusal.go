package processing

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"valik/eid"
	"valik/election"
)

// The codes of refusals that are not about the form of container, signature or
// certificate; those are the codes of package eid. They are stable.
const (
	CodeBadBallot     = "bad_ballot"     // the file in the container is no ballot; ".<format code>" follows
	CodeWrongFile     = "wrong_file"     // the file has not the name of this election's ballots
	CodeWrongElection = "wrong_election" // the ballot is of another election
	CodeWrongDistrict = "wrong_district" // the ballot is not of the voter's district
	CodeWrongStyle    = "wrong_style"    // not the contests and slots of the district
	CodeNotOnRoll     = "not_on_roll"    // the signer is not on the voter roll
	CodeOtherVoter    = "other_voter"    // the pseudonym is not the signer's
	CodeBadProof      = "bad_proof"      // a slot may hold no choice at all
	CodeBadAnchor     = "bad_anchor"     // the anchor is no earlier state of the board
	CodeNotOpen       = "not_open"       // the polls are not open yet
	CodeClosed        = "closed"         // the polls are closed
	CodeDuplicate     = "duplicate"      // the same inner ballot is on the board already
	CodeReplayed      = "replayed"       // the same inner ballot in another envelope
	CodeStale         = "stale"          // another ballot of the voter was logged meanwhile
)

// Refusal says why a ballot is not taken or does not count.
type Refusal struct {
	Code    string          // stable, for programs
	Message string          // for the voter at home and the official at the count
	Reason  election.Reason // the decision at the count
	Err     error           // the details; may be nil
}

func (r *Refusal) Error() string {
	if r.Err == nil {
		return "processing: " + r.Code
	}
	return fmt.Sprintf("processing: %s: %v", r.Code, r.Err)
}

// Unwrap returns the details.
func (r *Refusal) Unwrap() error { return r.Err }

// explanation is what one code means to people and to the count.
type explanation struct {
	reason  election.Reason
	message string
}

var explanations = map[string]explanation{
	CodeBadBallot:     {election.Malformed, "The ballot is damaged or was made by another program. Nothing was cast. Please start the voting application again; if it happens again, call the help desk."},
	CodeWrongFile:     {election.Malformed, "The signed file is not a ballot of this election. Nothing was cast. Please start the voting application of this election."},
	CodeWrongElection: {election.Malformed, "The ballot is for another election. Nothing was cast. Please start the voting application of this election."},
	CodeWrongDistrict: {election.WrongStyle, "The ballot is for another district than the one you are registered in. Nothing was cast. Please start again, so that you see the choices of your district."},
	CodeWrongStyle:    {election.WrongStyle, "The ballot does not have the contests of your district. Nothing was cast. Please start the voting application again."},
	CodeNotOnRoll:     {election.Ineligible, "You are not on the voter roll of this election. Nothing was cast. If you think that you should be, call the help desk or ask your local government."},
	CodeOtherVoter:    {election.Ineligible, "The ballot was prepared for another voter than the one who signed it. Nothing was cast. Please start again with your own card."},
	CodeBadProof:      {election.BadProof, "The ballot does not prove that it holds a valid choice. Nothing was cast. Please start the voting application again; if it happens again, your device may be damaged or attacked: call the help desk."},
	CodeBadAnchor:     {election.BadAnchor, "The ballot refers to a state of the public board that never was. Nothing was cast. Please start again; if it happens again, call the help desk: somebody may be showing you a false board."},
	CodeNotOpen:       {election.OutsideHours, "Voting has not begun yet. Nothing was cast. Please come back when it is open."},
	CodeClosed:        {election.OutsideHours, "Online voting is over. This ballot was not cast. If you cast one before, that one counts."},
	CodeDuplicate:     {election.Duplicate, "This very ballot has been cast already. Nothing more is to be done."},
	CodeReplayed:      {election.Duplicate, "This ballot has been cast already under another signature. The first one stands. To change your vote, please start again."},
	CodeStale:         {election.Stale, "Another ballot of yours was cast after this one was begun, so this one was not cast. If you did not cast the other one yourself, call the help desk now. To change your vote, please start again."},
}

// messages of groups of eid's codes, by what the voter can do about them.
const (
	messageContainer   = "The signed file is damaged or has another form than this election accepts. Nothing was cast. Please start the voting application again; if it happens again, call the help desk."
	messageSignature   = "The digital signature is not valid. Nothing was cast. Please sign again; if it happens again, call the help desk."
	messageClock       = "Your computer's clock is wrong, so the signature carries a wrong time. Nothing was cast. Please correct the clock and start again."
	messageExpired     = "Your card's signing certificate has expired. Nothing was cast. Please renew it, or vote on paper."
	messageNotYet      = "Your card's signing certificate is not valid yet. Nothing was cast. Please check your card and your computer's clock."
	messageRevoked     = "Your signing certificate is revoked or suspended. Nothing was cast. If you did not ask for that, call the help line of your card; you may vote on paper."
	messageUnknown     = "The issuer of your card does not know your signing certificate. Nothing was cast. Please call the help line of your card; you may vote on paper."
	messageStatus      = "It could not be found out whether your signing certificate is valid: the issuer's service is away or gives no proper answer. Nothing was cast. Please try again in a few minutes."
	messageTime        = "The time of your signature could not be confirmed: the time-stamping service is away or gives no proper answer. Nothing was cast. Please try again in a few minutes."
	messageCertificate = "Your signing certificate is not one that this election accepts. Nothing was cast. Please use the signing key of your national eID."
)

// Codes lists all codes of this package, in ascending order.
func Codes() []string {
	return slices.Sorted(maps.Keys(explanations))
}

// Refuse makes the refusal of one of this package's codes with the details err,
// which may be nil. It panics on another code.
func Refuse(code string, err error) *Refusal {
	e, ok := explanations[code]
	if !ok {
		panic("processing: unknown code " + code)
	}
	return &Refusal{Code: code, Message: e.message, Reason: e.reason, Err: err}
}

// RefuseEID makes the refusal for an error of package eid.
func RefuseEID(err error) *Refusal {
	code := eid.CodeOf(err)
	e := explainEID(code)
	return &Refusal{Code: code, Message: e.message, Reason: e.reason, Err: err}
}

// explainEID finds what a code of package eid means here. Most codes tell by
// their first word of what they are.
func explainEID(code string) explanation {
	switch code {
	case eid.CodeSigningTime:
		return explanation{election.BadSignature, messageClock}
	case eid.CodeCertificateDigest:
		return explanation{election.BadSignature, messageSignature}
	case eid.CodeCertificateExpired:
		return explanation{election.CertificateNotValid, messageExpired}
	case eid.CodeCertificateNotYetValid:
		return explanation{election.CertificateNotValid, messageNotYet}
	case eid.CodeStatusRevoked:
		return explanation{election.RevokedCertificate, messageRevoked}
	case eid.CodeStatusUnknown:
		return explanation{election.UnknownCertificate, messageUnknown}
	case eid.CodeStatusMissing:
		return explanation{election.NoStatus, messageStatus}
	case eid.CodeTimeMissing:
		return explanation{election.NoTime, messageTime}
	}
	group, _, _ := strings.Cut(code, "_")
	switch group {
	case "container", "file", "mimetype", "manifest":
		return explanation{election.Malformed, messageContainer}
	case "status":
		return explanation{election.BadStatus, messageStatus}
	case "time":
		return explanation{election.BadTime, messageTime}
	case "certificate", "issuer", "personal", "person":
		return explanation{election.CertificateNotValid, messageCertificate}
	}
	return explanation{election.BadSignature, messageSignature} // signature_…, data_digest, properties_digest
}

// refuseFormat turns the error of a ballot's parser into a refusal, whose code
// tells the way in which the ballot is bad: "bad_ballot.truncated".
func refuseFormat(err error) *Refusal {
	r := Refuse(CodeBadBallot, err)
	var f *election.FormatError
	if errors.As(err, &f) {
		r.Code += "." + string(f.Code)
	}
	return r
}
