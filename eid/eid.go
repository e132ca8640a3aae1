// Package eid says who somebody is: the holder of an eID card who signed a
// file, or who answers a challenge, and the official who signed a document.
//
// A signed file travels in an ASiC-E container with one XAdES B-B signature.
// The package accepts exactly one form of it: ParseContainer takes the fields
// out, builds the container again from them and compares all bytes. So there is
// no XML parser, no canonicaliser and no zip feature to attack, and yet the
// standard tools of that world read the container: a test asks xmlsec1.
//
// The receiver adds evidence to a container (Container.Extend, level B-LT), which is
// read as strictly and gives the signer's own bytes back.
//
// Certificates are judged by crypto/x509 at a time that the caller gives,
// against an explicit list of issuers, never the system's, by a country's profile,
// which is data.
//
// Everything refused is an *Error with a stable code. The ECDSA signature of a
// container is malleable (with (r, s) also (r, n−s) verifies), and both are
// accepted as cards give either: the identity of what was signed is the hash of
// its data, never the hash of the container.
package eid
