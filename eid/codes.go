package eid

// Codes lists all codes of this package.
func Codes() []string {
	return []string{
		CodeContainerTooLarge, CodeContainerNotZip, CodeContainerTruncated, CodeContainerExtraFile,
		CodeContainerMissingFile, CodeContainerOrder, CodeContainerCompressed, CodeContainerChecksum,
		CodeContainerForm, CodeContainerLongTerm, CodeFileName, CodeMimetypeForm, CodeManifestForm,
		CodeSignatureForm, CodeSignatureAlgorithm, CodeSigningTime, CodeDataDigest, CodePropertiesDigest,
		CodeCertificateDigest, CodeSignatureInvalid,
		CodeEvidenceMissing, CodeEvidenceForm,
		CodeCertificateForm, CodeCertificateKeyType, CodeCertificateAlgorithm, CodeCertificateNotEndEntity,
		CodeCertificateKeyUsage, CodeCertificateExpired, CodeCertificateNotYetValid, CodeCertificateUntrusted,
		CodeCertificatePolicy, CodeIssuerInvalid,
		CodeProfile, CodePersonalCode, CodePersonName,
		CodeLoginForm, CodeCMSForm,
		CodeStatusMissing, CodeStatusUnreachable, CodeStatusForm, CodeStatusRefused, CodeStatusOtherCertificate,
		CodeStatusAlgorithm, CodeStatusResponder, CodeStatusResponderExpired, CodeStatusSignature,
		CodeStatusReplayed, CodeStatusStale, CodeStatusFuture, CodeStatusRevoked, CodeStatusUnknown,
		CodeStatusCRLForm, CodeStatusCRLIssuer, CodeStatusCRLStale,
		CodeTimeMissing, CodeTimeUnreachable, CodeTimeForm, CodeTimeRefused, CodeTimeReplayed,
		CodeTimeAlgorithm, CodeTimeDigest, CodeTimeAuthority, CodeTimeAuthorityExpired, CodeTimeUsage,
		CodeTimeSignature, CodeTimeStale,
	}
}
