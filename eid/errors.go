package eid

import (
	"errors"
	"fmt"
)

// The codes of everything that this package refuses. They are part of the
// protocol: docs/protocol/eid.md lists them with their meaning, refusals and
// negative vectors name them, and a code never changes its meaning.
const (
	CodeContainerTooLarge    = "container_too_large"
	CodeContainerNotZip      = "container_not_zip"
	CodeContainerTruncated   = "container_truncated"
	CodeContainerExtraFile   = "container_extra_file"
	CodeContainerMissingFile = "container_missing_file"
	CodeContainerOrder       = "container_order"
	CodeContainerCompressed  = "container_compressed"
	CodeContainerChecksum    = "container_checksum"
	CodeContainerForm        = "container_form"
	CodeContainerLongTerm    = "container_long_term"
	CodeFileName             = "file_name"
	CodeMimetypeForm         = "mimetype_form"
	CodeManifestForm         = "manifest_form"

	CodeSignatureForm      = "signature_form"
	CodeSignatureAlgorithm = "signature_algorithm"
	CodeSigningTime        = "signing_time"
	CodeDataDigest         = "data_digest"
	CodePropertiesDigest   = "properties_digest"
	CodeCertificateDigest  = "certificate_digest"
	CodeSignatureInvalid   = "signature_invalid"

	CodeEvidenceMissing = "evidence_missing"
	CodeEvidenceForm    = "evidence_form"

	CodeCertificateForm         = "certificate_form"
	CodeCertificateKeyType      = "certificate_key_type"
	CodeCertificateAlgorithm    = "certificate_algorithm"
	CodeCertificateNotEndEntity = "certificate_not_end_entity"
	CodeCertificateKeyUsage     = "certificate_key_usage"
	CodeCertificateExpired      = "certificate_expired"
	CodeCertificateNotYetValid  = "certificate_not_yet_valid"
	CodeCertificateUntrusted    = "certificate_untrusted"
	CodeCertificatePolicy       = "certificate_policy"
	CodeIssuerInvalid           = "issuer_invalid"

	CodeProfile      = "profile"
	CodePersonalCode = "personal_code"
	CodePersonName   = "person_name"

	CodeLoginForm = "login_form"
	CodeCMSForm   = "cms_form"

	CodeStatusMissing          = "status_missing"
	CodeStatusUnreachable      = "status_unreachable"
	CodeStatusForm             = "status_form"
	CodeStatusRefused          = "status_refused"
	CodeStatusOtherCertificate = "status_other_certificate"
	CodeStatusAlgorithm        = "status_algorithm"
	CodeStatusResponder        = "status_responder"
	CodeStatusResponderExpired = "status_responder_expired"
	CodeStatusSignature        = "status_signature"
	CodeStatusReplayed         = "status_replayed"
	CodeStatusStale            = "status_stale"
	CodeStatusFuture           = "status_future"
	CodeStatusRevoked          = "status_revoked"
	CodeStatusUnknown          = "status_unknown"
	CodeStatusCRLForm          = "status_crl_form"
	CodeStatusCRLIssuer        = "status_crl_issuer"
	CodeStatusCRLStale         = "status_crl_stale"

	CodeTimeMissing          = "time_missing"
	CodeTimeUnreachable      = "time_unreachable"
	CodeTimeForm             = "time_form"
	CodeTimeRefused          = "time_refused"
	CodeTimeReplayed         = "time_replayed"
	CodeTimeAlgorithm        = "time_algorithm"
	CodeTimeDigest           = "time_digest"
	CodeTimeAuthority        = "time_authority"
	CodeTimeAuthorityExpired = "time_authority_expired"
	CodeTimeUsage            = "time_usage"
	CodeTimeSignature        = "time_signature"
	CodeTimeStale            = "time_stale"
)

// Error is a refusal: a stable code for programs, and a sentence for people.
type Error struct {
	code string
	err  error
}

// Error gives the code and the sentence.
func (e *Error) Error() string { return "eid: " + e.code + ": " + e.err.Error() }

// Code is one of the Code constants.
func (e *Error) Code() string { return e.code }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.err }

// CodeOf gives the code of the first *Error in err's tree, "" if there is none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.code
	}
	return ""
}

func refuse(code, format string, args ...any) error {
	return &Error{code: code, err: fmt.Errorf(format, args...)}
}

// Refuse makes a refusal of a cause: for the packages below this one, which
// refuse by codes of the same table.
func Refuse(code string, cause error) error { return &Error{code: code, err: cause} }
