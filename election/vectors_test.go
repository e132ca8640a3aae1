package election_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/electiontest"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectors = "../vectors/election"

// collectorKey and mixerKey are the known keys of the vectors' election.
var (
	collectorKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))
	mixerKey     = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))
	vectorSeed   = bytes.Repeat([]byte{10}, 32) // of ballot 0; 11 is that of ballot 1
)

// world is what the vectors start from. Manifest, ceremony, ballots and box hold
// fresh randomness: they are made once and then given.
type world struct {
	m        *election.Manifest
	pk       *elgamal.PublicKey
	roll     *election.Roll
	ballots  []*election.Ballot
	box      *election.Box
	ceremony []byte
}

func TestVectors(t *testing.T) {
	if *update {
		giveWorld(t)
	}
	w := loadWorld(t)
	for name, b := range w.documents(t) {
		compare(t, filepath.Join("documents", name), b)
	}
	compare(t, "hashes.json", indent(t, w.hashes(t)))
	compare(t, "values.json", indent(t, w.values(t)))
	compare(t, "negative.json", indent(t, w.negative(t)))
}

// TestNegativeVectors reads the file as another implementation would.
func TestNegativeVectors(t *testing.T) {
	w := loadWorld(t)
	var all []negative
	require.NoError(t, json.Unmarshal(given(t, "negative.json"), &all))
	parsers := full(t)
	codes := map[election.FormatCode]bool{}
	for _, n := range all {
		t.Run(n.Name, func(t *testing.T) {
			_, err := parsers[n.Document].again(n.Bytes)
			var f *election.FormatError
			require.ErrorAs(t, err, &f)
			require.Equal(t, n.Code, f.Code)
			require.Equal(t, n.Field, f.Field)
		})
		codes[n.Code] = true
	}
	require.Len(t, codes, 9, "every code has a vector")
	require.NoError(t, w.ballots[0].VerifyProofs(w.m, w.pk))
}

// documents makes one of every document that follows from the given ones.
func (w *world) documents(t *testing.T) map[string][]byte {
	fp, ballots := w.m.Fingerprint(), w.ballots
	h := func(s string) election.Hash { return election.HashOf([]byte(s)) }
	revocations, err := election.NewRevocations(fp, 1, election.Revoke, election.Salt(bytes.Repeat([]byte{4}, 32)), []string{w.roll.List[0].Code})
	require.NoError(t, err)
	mixes, decryptions, inputs := lists(w.m)
	counted, totals, err := election.Tally(w.m, plaintexts(w.m))
	require.NoError(t, err)
	mix := election.NewMix(w.m, 1, "Mixer 1", h("input"), mixes).Bytes()
	inner, by, crl := ballots[0].Hash(), uint64(5), h("a revocation list")
	d := map[string][]byte{
		"roll-0.jsonl":              w.roll.Bytes(),
		"open.json":                 election.NewOpen(w.m, []election.Hash{h("p7s")}, election.HashOf(w.ceremony), w.roll.Hash()).Bytes(),
		"close.json":                election.NewClose(w.m, 2).Bytes(),
		"revocations-1.json":        revocations.Bytes(),
		"receipt.json":              election.NewReceipt(collectorKey, fp, inner, h("envelope"), h("evidence"), 4, w.m.Opens, []byte("a tlog-proof\n")).Bytes(),
		"refusal.json":              election.NewRefusal(collectorKey, fp, &inner, "closed", "Online voting is over.", w.m.Closes).Bytes(),
		"refusal-of-no-ballot.json": election.NewRefusal(collectorKey, fp, nil, "container_not_zip", "No ballot.", w.m.Opens).Bytes(),
		"ballots.jsonl":             election.NewPublicBallots(fp, []election.PublicBallot{{Index: 4, Envelope: h("envelope"), Evidence: h("evidence"), Time: w.m.Opens, Ballot: *ballots[0]}, {Index: 5, Envelope: h("another"), Time: w.m.Opens, Ballot: *ballots[1]}}).Bytes(),
		"decisions.jsonl": election.NewDecisions(fp, []election.Decision{
			{Index: 4, Reason: election.Superseded, By: &by},
			{Index: 5, Reason: election.Counted},
			{Index: 6, Reason: election.NoStatus},
			{Index: 7, Reason: election.BadStatus, Code: "status_stale"},
		}).Bytes(),
		"input.json":              election.NewInput(w.m, inputs, 1, 0).Bytes(),
		"mix-1.json":              mix,
		"mix-1.json.sig":          election.Sign(mixerKey, fp, election.KindMix, mix),
		"decryption-1.json":       election.NewDecryption(w.m, 1, h("mix"), decryptions).Bytes(),
		"result.json":             election.NewResult(w.m, h("mix"), []election.Hash{h("1"), h("2")}, counted, totals).Bytes(),
		"challenge.json":          election.NewChallenge(fp, h("challenge"), w.m.Opens).Bytes(),
		"login.json":              election.NewLogin(fp, h("challenge"), []byte("login")).Bytes(),
		"evidence.json":           election.NewEvidence([]byte("an OCSP response"), nil, []byte("a time-stamp token")).Bytes(),
		"evidence-crl.json":       election.NewEvidence(nil, &crl, nil).Bytes(),
		"settlement.jsonl":        election.NewSettlement(fp, []election.Settled{{Index: 5, Evidence: h("late evidence"), Good: true}, {Index: 6, Evidence: h("a revocation")}, {Index: 7}}).Bytes(),
		"manifest-rehearsal.json": rehearsalManifest(t, w.m).Bytes(),
		"roll-1.jsonl":            filedRoll(t, w.roll).Bytes(),
		"eligibility.json":        election.NewEligibility(fp, "0176.1", ballots[0].Pseudonym, []election.Time{w.m.Opens}, election.Session{Token: []byte("token"), Expires: w.m.Opens + 900}).Bytes(),
	}
	for _, kind := range []election.Kind{
		election.KindManifest, election.KindCeremony, election.KindRoll, election.KindOpen, election.KindClose,
		election.KindRevocations, election.KindSettlement, election.KindInput, election.KindMix, election.KindDecryption, election.KindResult,
	} {
		d["entry-"+string(kind)+".json"] = election.NewEntry(kind, fp, h(string(kind))).Bytes()
	}
	d["entry-ballot.json"] = election.NewBallotEntry(fp, inner, h("envelope"), h("evidence"), w.m.Opens).Bytes()
	return d
}

// hashes are those of all documents.
func (w *world) hashes(t *testing.T) map[string]election.Hash {
	all := map[string]election.Hash{}
	for name, b := range w.documents(t) {
		all["documents/"+name] = election.HashOf(b)
	}
	for _, name := range []string{"manifest.json", "ceremony.json", "ballot-0.json", "ballot-1.json", "box.jsonl"} {
		all["given/"+name] = election.HashOf(given(t, "given/"+name))
	}
	return all
}

// values are numbers and points behind the documents.
func (w *world) values(t *testing.T) any {
	points := map[string]string{}
	for _, id := range w.m.ListIDs() {
		for _, code := range w.m.Codes(id.Contest, id.District) {
			points[id.Contest+" "+code] = fmt.Sprintf("%x", w.m.Point(id.Contest, code).Bytes())
		}
	}
	seed, err := elgamal.ParseSeed(vectorSeed)
	require.NoError(t, err)
	ciphertexts := map[string]string{}
	for _, c := range w.ballots[0].Contests {
		for k, s := range c.Slots {
			code := northern[c.Contest][k]
			r := election.Randomness(seed, w.m.Fingerprint(), c.Contest, k)
			want := w.pk.Encrypt(w.m.Point(c.Contest, code), r).Bytes()
			require.Equal(t, want, s.Ciphertext, "the ballot is of the seed")
			ciphertexts[fmt.Sprintf("%s %d", c.Contest, k)] = fmt.Sprintf("r %x choice %s ciphertext %x", r.Bytes(), code, want)
		}
	}
	inner := w.ballots[0].Hash()
	return map[string]any{
		"fingerprint": w.m.Fingerprint(), "public key": fmt.Sprintf("%x", w.pk.Bytes()),
		"points": points, "seed": fmt.Sprintf("%x", vectorSeed), "slots of ballot-0": ciphertexts,
		"leaf of ballot-0, the envelope with hash SHA-256(\"envelope\"), the evidence with hash SHA-256(\"evidence\"), and the time of the opening": election.BallotLeaf(inner, election.HashOf([]byte("envelope")), election.HashOf([]byte("evidence")), w.m.Opens),
		"leaf of the same without evidence":                                election.BallotLeaf(inner, election.HashOf([]byte("envelope")), election.Hash{}, w.m.Opens),
		"challenge after the context of ballot-0, contest council, slot 1": fmt.Sprintf("%x", election.SlotTranscript(w.ballots[0], "council", 1).Challenge("x").Bytes()),
		"challenge after the context of mix 1, Mixer 1, council, 0176.1": fmt.Sprintf("%x", election.MixTranscript(w.m, 1, "Mixer 1",
			election.ListID{Contest: "council", District: "0176.1"}).Challenge("x").Bytes()),
		"challenge after the context of decryption 1, council, 0176.1, mix SHA-256(\"mix\")": fmt.Sprintf("%x", election.DecryptionTranscript(w.m, 1,
			election.ListID{Contest: "council", District: "0176.1"}, election.HashOf([]byte("mix"))).Challenge("x").Bytes()),
	}
}

// vectorRegistry is a P-256 key of which nobody has the private half.
const vectorRegistry = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJOs22rvT5xlt80Oxho/Nfc5O7p8bqvVbh3gPAov67cw1ZS4tuPliZWrqX3jX5nOeW4U/GYbqY4FEVRCOWtGCHA=="

// rehearsalManifest is a manifest with the fields that may be absent.
func rehearsalManifest(t *testing.T, m *election.Manifest) *election.Manifest {
	changed, err := election.ParseManifest(m.Bytes())
	require.NoError(t, err)
	changed.Rehearsal = true
	changed.Registry, err = base64.StdEncoding.DecodeString(vectorRegistry)
	require.NoError(t, err)
	changed, err = election.NewManifest(*changed)
	require.NoError(t, err)
	return changed
}

// filedRoll is a second version, made from two voter lists and a file of changed codes.
func filedRoll(t *testing.T, first *election.Roll) *election.Roll {
	roll, err := election.NewRoll(first.Election, 1, first.Salt, first.From, first.To, first.List)
	require.NoError(t, err)
	h := func(s string) election.Hash { return election.HashOf([]byte(s)) }
	roll, err = roll.MadeFrom([]election.Hash{h("voters.txt"), h("voters-1.txt")}, []election.Hash{h("changed.json")})
	require.NoError(t, err)
	return roll
}

// negative is bytes that are not a document.
type negative struct {
	Name     string              `json:"name"`
	Document string              `json:"document"`
	Code     election.FormatCode `json:"code"`
	Field    string              `json:"field,omitempty"`
	Bytes    []byte              `json:"bytes"`
}

func (w *world) negative(t *testing.T) []negative {
	open := string(w.documents(t)["open.json"])
	ballot := string(w.ballots[1].Bytes())
	rehearsal, filed := string(rehearsalManifest(t, w.m).Bytes()), string(w.documents(t)["roll-1.jsonl"])
	change := func(s, old, changed string) string {
		require.Contains(t, s, old)
		return strings.Replace(s, old, changed, 1)
	}
	n := func(name, document string, code election.FormatCode, field, text string) negative {
		return negative{name, document, code, field, []byte(text)}
	}
	return []negative{
		n("entry too large", "entry", election.TooLarge, "", strings.Repeat(" ", 1025)),
		n("empty", "open", election.Truncated, "", ""),
		n("cut", "open", election.Truncated, "", open[:len(open)-1]),
		n("noise", "open", election.NotJSON, "", "\x00\x01"),
		n("byte order mark", "open", election.NotJSON, "", "\ufeff"+open),
		n("not UTF-8", "open", election.NotJSON, "", change(open, "valik", "val\xffk")),
		n("nested too deep", "open", election.NotJSON, "", strings.Repeat("[", 17)+strings.Repeat("]", 17)),
		n("key twice", "open", election.DuplicateKey, "", change(open, `"version":1`, `"version":1,"version":1`)),
		n("another document", "open", election.WrongType, "", string(w.documents(t)["close.json"])),
		n("another version", "open", election.WrongVersion, "", change(open, `"version":1`, `"version":2`)),
		n("space", "open", election.NotCanonical, "", change(open, `"version":1`, `"version": 1`)),
		n("line end at the end", "open", election.NotCanonical, "", open+"\n"),
		n("escaped letter", "open", election.NotCanonical, "", change(open, `valik`, `\u0076alik`)),
		n("key with another case", "open", election.BadField, "ceremony", change(open, `"ceremony"`, `"Ceremony"`)),
		n("order of keys", "ballot", election.NotCanonical, "", `{"version":1,`+change(ballot, `,"version":1`, "")[1:]),
		n("unknown field", "open", election.UnknownField, "x", change(open, `"version":1}`, `"version":1,"x":1}`)),
		n("missing field", "open", election.BadField, "roll", change(open, `"roll":"`+w.roll.Hash().String()+`",`, "")),
		n("null", "ballot", election.BadField, "contests", ballot[:strings.Index(ballot, "[")]+"null"+ballot[strings.LastIndex(ballot, "]")+1:]),
		n("upper case hash", "open", election.BadField, "roll", change(open, w.roll.Hash().String(), strings.ToUpper(w.roll.Hash().String()))),
		n("local time", "open", election.BadField, "opens", change(open, `:00Z"`, `:00+02:00"`)),
		n("fraction", "ballot", election.BadField, "anchor.size", change(ballot, `"size":4`, `"size":4.5`)),
		n("short ciphertext", "ballot", election.BadField, "contests[0].slots[0].ciphertext", change(ballot, `"ciphertext":"`, `"ciphertext":"AAAA`)),
		n("manifest, rehearsal false", "manifest", election.BadField, "rehearsal", change(rehearsal, `"rehearsal":true`, `"rehearsal":false`)),
		n("manifest, rehearsal a text", "manifest", election.BadField, "rehearsal", change(rehearsal, `"rehearsal":true`, `"rehearsal":"true"`)),
		n("manifest, registry empty", "manifest", election.BadField, "registry", change(rehearsal, vectorRegistry, "")),
		n("manifest, registry no key", "manifest", election.BadField, "registry", change(rehearsal, vectorRegistry, "AQID")),
		n("manifest, registry of P-521", "manifest", election.BadField, "registry", change(rehearsal, vectorRegistry, otherCurve(t))),
		n("roll, lists of no files", "roll", election.BadField, "lists.count", change(filed, `"count":2`, `"count":0`)),
		n("roll, changed without lists", "roll", election.BadField, "changed", filed[:strings.Index(filed, `"lists"`)]+filed[strings.Index(filed, `"salt"`):]),
		n("roll without its last line", "roll", election.Truncated, "", string(w.roll.Bytes()[:bytes.LastIndexByte(bytes.TrimSpace(w.roll.Bytes()), '\n')+1])),
	}
}

// otherCurve is a key on a curve that no registry key has: the generator of P-521.
func otherCurve(t *testing.T) string {
	p := elliptic.P521().Params()
	point := append([]byte{4}, p.Gx.FillBytes(make([]byte, 66))...)
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P521(), append(point, p.Gy.FillBytes(make([]byte, 66))...))
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(der)
}

// giveWorld makes an election with known keys and what has fresh randomness.
func giveWorld(t *testing.T) {
	e, err := electiontest.New(0, func(m *election.Manifest) {
		m.Collector.Key = election.Key(collectorKey.Public().(ed25519.PublicKey))
		m.EID.Evidence = goodPolicy(m)
		m.Mixers.Operators[0].Key = election.Key(mixerKey.Public().(ed25519.PublicKey))
	})
	require.NoError(t, err)
	put := func(name string, b []byte) { write(t, filepath.Join("given", name), b) }
	put("manifest.json", e.Manifest.Bytes())
	put("ceremony.json", e.Ceremony.Bytes())
	roll := vectorRoll(t, e.Manifest)
	var box []election.BoxBallot
	evidence := [][]byte{election.NewEvidence([]byte("an OCSP response"), nil, []byte("a time-stamp token")).Bytes(), nil}
	for i, selections := range []map[string][]string{northern, southern} {
		v := roll.List[i]
		seed, err := elgamal.ParseSeed(bytes.Repeat([]byte{byte(10 + i)}, 32))
		require.NoError(t, err)
		b, err := election.Prepare(e.Manifest, e.Keys.Public(), seed, v.District, v.Pseudonym, anchor, selections)
		require.NoError(t, err)
		put(fmt.Sprintf("ballot-%d.json", i), b.Bytes())
		box = append(box, election.BoxBallot{Index: uint64(4 + i), Container: []byte(fmt.Sprintf("container %d", i)), Evidence: evidence[i], Time: e.Manifest.Opens})
	}
	put("box.jsonl", election.NewBox(e.Manifest.Fingerprint(), box).Bytes())
}

func vectorRoll(t *testing.T, m *election.Manifest) *election.Roll {
	codes, former := []string{testpki.PersonalCode(0), testpki.PersonalCode(1)}, [][]string{nil, {testpki.PersonalCode(2)}}
	slices.Sort(codes)
	var voters []election.Voter
	for i, d := range []string{"0176.1", "0176.2"} {
		district, _ := m.District(d)
		h := election.HashOf(fmt.Appendf(nil, "pseudonym %d", i))
		voters = append(voters, election.Voter{
			Code: codes[i], Former: former[i], Name: fmt.Sprintf("VÕTJA %d", i), District: d,
			Parish: district.Parishes[0], Pseudonym: election.Pseudonym(h[:16]),
		})
	}
	r, err := election.NewRoll(m.Fingerprint(), 0, election.Salt(bytes.Repeat([]byte{5}, 32)), m.Opens, m.Closes, voters)
	require.NoError(t, err)
	return r
}

func loadWorld(t *testing.T) *world {
	w := &world{ceremony: given(t, "given/ceremony.json")}
	var err error
	w.m, err = election.ParseManifest(given(t, "given/manifest.json"))
	require.NoError(t, err)
	ceremony, err := election.ParseCeremony(w.ceremony)
	require.NoError(t, err)
	keys, err := ceremony.Verify(w.m)
	require.NoError(t, err)
	w.pk = keys.Public()
	w.roll = vectorRoll(t, w.m)
	for i := range 2 {
		b, err := election.ParseBallot(given(t, fmt.Sprintf("given/ballot-%d.json", i)))
		require.NoError(t, err)
		require.NoError(t, b.VerifyProofs(w.m, w.pk))
		w.ballots = append(w.ballots, b)
	}
	w.box, err = election.ParseBox(given(t, "given/box.jsonl"))
	require.NoError(t, err)
	return w
}

func given(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectors, name))
	require.NoError(t, err)
	return b
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	path := filepath.Join(vectors, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, b, 0o644))
}

func compare(t *testing.T, name string, b []byte) {
	t.Helper()
	if *update {
		write(t, name, b)
	}
	require.Equal(t, string(given(t, name)), string(b), name)
}

func indent(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(v))
	return b.Bytes()
}
