package eid

import "crypto/x509"

// Fits says whether a certificate is for a usage, as Issuers.Verify judges it: by
// its key usage, and never an authority's. Who chooses among the certificates of a
// card or a file asks this; it says nothing about who issued it.
func (u Usage) Fits(cert *x509.Certificate) bool { return checkUsage(cert, u) == nil }
