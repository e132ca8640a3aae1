package forge

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"valik/eid"
	"valik/eid/testpki"
)

// judged is a container by a key whose certificate is not sound: eid.Seal may
// refuse it, so it is made from a sound one and signed by the key.
func (w *world) judged(key *testpki.Key) []byte {
	from, method := w.voter.Signing, ecdsa256
	switch public := key.Certificate().PublicKey.(type) {
	case *ecdsa.PublicKey:
		if public.Curve == elliptic.P384() {
			return w.forged(w.strong.Signing, key, func(xml string) string { return xml })
		}
	case *rsa.PublicKey:
		method = rsa256
		if key.Algorithm() == eid.PS256 {
			method = pss256
		}
	}
	return w.forged(from, key, replace(ecdsa256, method))
}

// forged is the container of one key, changed and signed by another.
func (w *world) forged(from, key *testpki.Key, edit func(xml string) string) []byte {
	return rebuilt(w.seal(from), func(xml string) string {
		return string(resign(withCertificate(edit(xml), key.Certificate().Raw), data, key))
	})
}

// issued is the container of a voter whose certificate is odd in one thing.
func (w *world) issued(edit func(*x509.Certificate)) []byte {
	template := w.authority.Template(testpki.PersonalCode(1), "Mari-Liis", "Männik")
	edit(template)
	return w.judged(must(w.authority.IssueKey(template, elliptic.P256())))
}

// certificates are good signatures by keys that may not sign.
func (w *world) certificates() []Vector {
	usage := func(u x509.KeyUsage) []byte {
		return w.issued(func(c *x509.Certificate) { c.KeyUsage = u })
	}
	period := func(from, to time.Time) []byte {
		return w.issued(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = from, to })
	}
	critical := pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Critical: true, Value: []byte{5, 0}}
	stranger := must(w.stranger.Issue(testpki.PersonalCode(1), "Mari-Liis", "Männik", elliptic.P256()))
	after := validTo.Add(time.Second)
	return []Vector{
		{Name: "issuer-other-key", Fault: "the issuer has an accepted name and another key", Code: eid.CodeCertificateUntrusted, Bytes: w.judged(stranger.Signing)},
		{Name: "issuer-other-name", Fault: "the issuer is not accepted", Code: eid.CodeCertificateUntrusted, Bytes: w.judged(w.foreigner())},
		{Name: "issuer-self", Fault: "the certificate is signed by its own key", Code: eid.CodeCertificateUntrusted, Bytes: w.judged(w.selfSigned())},
		{Name: "issuer-voter", Fault: "the certificate is signed by another voter's key", Code: eid.CodeCertificateUntrusted, Bytes: w.judged(w.bySubscriber())},
		{Name: "issuer-expired", Fault: "the certificate is valid but its issuer has expired", Code: eid.CodeCertificateExpired, At: after, Bytes: period(validFrom, after.AddDate(1, 0, 0))},
		{Name: "issuer-not-yet", Fault: "the certificate is valid but its issuer is not yet", Code: eid.CodeCertificateNotYetValid, At: validFrom.Add(-time.Second), Bytes: period(validFrom.AddDate(-1, 0, 0), validTo)},
		{Name: "expired", Fault: "the certificate expired a second before", Code: eid.CodeCertificateExpired, Bytes: period(validFrom, judgedAt.Add(-time.Second))},
		{Name: "expired-since", Fault: "a good container, judged a second after its certificate's end", Code: eid.CodeCertificateExpired, At: after, Bytes: w.seal(w.voter.Signing).Bytes()},
		{Name: "not-yet-valid", Fault: "the certificate begins a second later", Code: eid.CodeCertificateNotYetValid, Bytes: period(judgedAt.Add(time.Second), validTo)},
		{Name: "usage-authentication", Fault: "the authentication key of the card signs", Code: eid.CodeCertificateKeyUsage, Bytes: w.judged(w.voter.Authentication)},
		{Name: "usage-none", Fault: "the certificate has no key usage", Code: eid.CodeCertificateKeyUsage, Bytes: usage(0)},
		{Name: "usage-encryption", Fault: "the key is for key agreement", Code: eid.CodeCertificateKeyUsage, Bytes: usage(x509.KeyUsageKeyAgreement)},
		{Name: "authority-issuer", Fault: "an accepted issuer itself signs", Code: eid.CodeCertificateNotEndEntity, Bytes: w.judged(w.authority.Issuer(elliptic.P256()))},
		{Name: "authority-below", Fault: "an authority below the issuer signs", Code: eid.CodeCertificateNotEndEntity, Bytes: w.issued(func(c *x509.Certificate) { c.IsCA = true })},
		{Name: "authority-usage", Fault: "the key may sign certificates too", Code: eid.CodeCertificateNotEndEntity, Bytes: usage(x509.KeyUsageContentCommitment | x509.KeyUsageCertSign)},
		{Name: "certificate-critical", Fault: "the certificate has a critical extension that nobody knows", Code: eid.CodeCertificateForm, Bytes: w.issued(func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{critical} })},
		{Name: "certificate-sha1", Fault: "the certificate is signed with SHA-1", Code: eid.CodeCertificateAlgorithm, Bytes: w.issued(func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 })},
		{Name: "key-p224", Fault: "a P-224 key", Code: eid.CodeCertificateKeyType, Bytes: w.curved(elliptic.P224())},
		{Name: "key-p521", Fault: "a P-521 key", Code: eid.CodeCertificateKeyType, Bytes: w.curved(elliptic.P521())},
	}
}

// policies are good signatures by keys whose certificates have the wrong policies.
func (w *world) policies() []Vector {
	with := func(policies ...string) []byte {
		return w.issued(func(c *x509.Certificate) {
			c.Policies = nil
			for _, text := range policies {
				c.Policies = append(c.Policies, must(x509.ParseOID(text)))
			}
		})
	}
	const qualified, authentication, other = "0.4.0.194112.1.2", "0.4.0.2042.1.2", "1.3.6.1.4.1.99999.7"
	return []Vector{
		{Name: "good-policies", Fault: "the policy is one of several", Bytes: with(other, qualified)},
		{Name: "policy-none", Fault: "the certificate names no policy", Code: eid.CodeCertificatePolicy, Bytes: with()},
		{Name: "policy-other", Fault: "a policy that is not the profile's", Code: eid.CodeCertificatePolicy, Bytes: with(other)},
		{Name: "policy-authentication", Fault: "the policy of authentication keys", Code: eid.CodeCertificatePolicy, Bytes: with(authentication)},
		{Name: "policy-soft", Fault: "the policy of qualified certificates without a device", Code: eid.CodeCertificatePolicy, Bytes: with("0.4.0.194112.1.0")},
	}
}

// foreigner has a card of an authority that is not in the list.
func (w *world) foreigner() *testpki.Key {
	authority := must(testpki.NewAuthority("Elsewhere", validFrom, validTo))
	return must(authority.Issue(testpki.PersonalCode(1), "Mari-Liis", "Männik", elliptic.P256())).Signing
}

// selfSigned is its own issuer.
func (w *world) selfSigned() *testpki.Key {
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := w.authority.Template(testpki.PersonalCode(1), "Mari-Liis", "Männik")
	template.SerialNumber = big.NewInt(1)
	der := must(x509.CreateCertificate(rand.Reader, template, template, private.Public(), private))
	return testpki.NewKey(must(x509.ParseCertificate(der)), private)
}

// bySubscriber has a certificate that another voter signed.
func (w *world) bySubscriber() *testpki.Key {
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := w.authority.Template(testpki.PersonalCode(1), "Mari-Liis", "Männik")
	return testpki.NewKey(must(w.other.Signing.Sign(template, private.Public())), private)
}

func (w *world) curved(curve elliptic.Curve) []byte {
	template := w.authority.Template(testpki.PersonalCode(1), "Mari-Liis", "Männik")
	return w.judged(must(w.authority.IssueKey(template, curve)))
}

// subjects are good signatures by people who are not named as they should be.
func (w *world) subjects() []Vector {
	number := asn1.ObjectIdentifier{2, 5, 4, 5}
	given := asn1.ObjectIdentifier{2, 5, 4, 42}
	// numbered is a container whose subject has these serial numbers.
	numbered := func(values ...string) []byte {
		return w.issued(func(c *x509.Certificate) {
			names := c.Subject.ExtraNames[:len(c.Subject.ExtraNames)-1]
			for _, value := range values {
				names = append(names, pkix.AttributeTypeAndValue{Type: number, Value: value})
			}
			c.Subject.ExtraNames = names
		})
	}
	first, second := "PNOEE-"+testpki.PersonalCode(1), "PNOEE-"+testpki.PersonalCode(2)
	return []Vector{
		{Name: "code-none", Fault: "no serial number", Code: eid.CodePersonalCode, Bytes: numbered()},
		{Name: "code-two", Fault: "two serial numbers", Code: eid.CodePersonalCode, Bytes: numbered(first, second)},
		{Name: "code-checksum", Fault: "the checksum is wrong", Code: eid.CodePersonalCode, Bytes: numbered("PNOEE-70001010012")},
		{Name: "code-short", Fault: "ten digits", Code: eid.CodePersonalCode, Bytes: numbered(first[:len(first)-1])},
		{Name: "code-bare", Fault: "no prefix", Code: eid.CodePersonalCode, Bytes: numbered(testpki.PersonalCode(1))},
		{Name: "code-country", Fault: "a personal code of another country", Code: eid.CodePersonalCode, Bytes: numbered("PNOLV-" + testpki.PersonalCode(1))},
		{Name: "code-kind", Fault: "the number of a document, not of a person", Code: eid.CodePersonalCode, Bytes: numbered("IDCEE-" + testpki.PersonalCode(1))},
		{Name: "name-control", Fault: "the given name has a control character", Code: eid.CodePersonName, Bytes: w.issued(func(c *x509.Certificate) {
			for i := range c.Subject.ExtraNames {
				if c.Subject.ExtraNames[i].Type.Equal(given) {
					c.Subject.ExtraNames[i].Value = "Mari\x1b[2J"
				}
			}
		})},
	}
}
