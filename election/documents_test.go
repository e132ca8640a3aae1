package election_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/crypto/group"
	"valik/eid"
	"valik/election"
	"valik/election/electiontest"
)

// full is a record's worth of documents, by the name of their parser.
func full(t testing.TB) map[string]document {
	t.Helper()
	e := smallElection(t)
	m, fp := e.Manifest, e.Manifest.Fingerprint()
	h := election.HashOf([]byte("x"))
	b, _ := prepare(t, 1, southern)
	other, _ := prepare(t, 0, northern)
	revocations, err := election.NewRevocations(fp, 1, election.Revoke, election.Salt{1}, []string{e.Roll.List[0].Code})
	require.NoError(t, err)
	by := uint64(9)
	mixes, decryptions, inputs := lists(m)
	counted, totals := tally(t)
	inner := b.Hash()
	accusation, err := os.ReadFile(filepath.Join(accusations, "proved", "receipt-dropped.json"))
	require.NoError(t, err)
	return map[string]document{
		"accusation":  of(accusation, election.ParseAccusation),
		"manifest":    of(m.Bytes(), election.ParseManifest),
		"ceremony":    of(e.Ceremony.Bytes(), election.ParseCeremony),
		"roll":        of(e.Roll.Bytes(), election.ParseRoll),
		"open":        of(election.NewOpen(m, []election.Hash{h}, h, h).Bytes(), election.ParseOpen),
		"close":       of(election.NewClose(m, 3).Bytes(), election.ParseClose),
		"ballot":      of(b.Bytes(), election.ParseBallot),
		"entry":       of(election.NewBallotEntry(fp, h, h, h, 1677488400).Bytes(), election.ParseEntry),
		"receipt":     of(election.NewReceipt(e.Collector, fp, h, h, h, 5, 7, []byte("proof")).Bytes(), election.ParseReceipt),
		"refusal":     of(election.NewRefusal(e.Collector, fp, &inner, "closed", "Too late.", 7).Bytes(), election.ParseRefusal),
		"revocations": of(revocations.Bytes(), election.ParseRevocations),
		"box": of(election.NewBox(fp, []election.BoxBallot{{4, []byte("c"), nil, 7}, {6, []byte("d"), []byte("e"), 8}}).Bytes(),
			election.ParseBox),
		"ballots": of(election.NewPublicBallots(fp, []election.PublicBallot{{4, h, h, 1677488400, *b}, {5, h, election.Hash{}, 1677488400, *other}}).Bytes(),
			election.ParsePublicBallots),
		"decisions": of(election.NewDecisions(fp, []election.Decision{
			{5, election.Superseded, &by, ""}, {9, election.Counted, nil, ""}, {10, election.BadStatus, nil, "status_stale"}, {11, election.BadTime, nil, "time_signature"},
		}).Bytes(),
			election.ParseDecisions),
		"input":      of(election.NewInput(m, inputs, 2, 1).Bytes(), election.ParseInput),
		"mix":        of(election.NewMix(m, 1, "Mixer 1", h, mixes).Bytes(), election.ParseMix),
		"decryption": of(election.NewDecryption(m, 3, h, decryptions).Bytes(), election.ParseDecryption),
		"result":     of(election.NewResult(m, h, []election.Hash{h, h}, counted, totals).Bytes(), election.ParseResult),
		"challenge":  of(election.NewChallenge(fp, h, 7).Bytes(), election.ParseChallenge),
		"login":      of(election.NewLogin(fp, h, []byte("login")).Bytes(), election.ParseLogin),
		"evidence":   of(election.NewEvidence([]byte("ocsp"), &h, []byte("time")).Bytes(), election.ParseEvidence),
		"settlement": of(election.NewSettlement(fp, []election.Settled{{4, h, true}, {6, h, false}, {7, election.Hash{}, false}}).Bytes(), election.ParseSettlement),
		"eligibility": of(election.NewEligibility(fp, "0176.1", b.Pseudonym, []election.Time{1, 2}, election.Session{Token: []byte{1}, Expires: 3}).Bytes(),
			election.ParseEligibility),
	}
}

// document is the bytes of one and a parser that writes them again.
type document struct {
	bytes []byte
	again func(b []byte) ([]byte, error)
}

func of[D interface{ Bytes() []byte }](b []byte, parse func([]byte) (D, error)) document {
	return document{b, func(b []byte) ([]byte, error) {
		d, err := parse(b)
		if err != nil {
			return nil, err
		}
		return d.Bytes(), nil
	}}
}

func lists(m *election.Manifest) (mixes []election.MixList, decryptions []election.DecryptionList, inputs []election.InputList) {
	h := election.HashOf(nil)
	for _, id := range m.ListIDs() {
		mixes = append(mixes, election.MixList{id.Contest, id.District, 3, m.Width(id), h, h})
		decryptions = append(decryptions, election.DecryptionList{id.Contest, id.District, 3, m.Width(id), h})
		inputs = append(inputs, election.InputList{id.Contest, id.District, 3, m.Width(id), h})
	}
	return mixes, decryptions, inputs
}

// tally counts three ballots in the north and one in the south.
func tally(t testing.TB) ([]election.ResultList, election.Totals) {
	t.Helper()
	m := smallElection(t).Manifest
	lists, totals, err := election.Tally(m, plaintexts(m))
	require.NoError(t, err)
	return lists, totals
}

func plaintexts(m *election.Manifest) map[election.ListID][]group.Element {
	points := func(contest string, codes ...string) []group.Element {
		all := make([]group.Element, len(codes))
		for i, code := range codes {
			all[i].Set(m.Point(contest, code))
		}
		return all
	}
	return map[election.ListID][]group.Element{
		{Contest: "mayor", District: "0176.1"}: points("mayor", "0176.101", "blank", "0176.101"),
		{Contest: "mayor", District: "0176.2"}: points("mayor", "0176.999"),
		// the second row names one member twice, the third somebody of another contest
		{Contest: "council", District: "0176.1"}: append(points("council", "0176.201", "0176.202", "0176.205", "0176.205", "0176.202"),
			*m.Point("mayor", "0176.101")),
	}
}

func TestDocumentsAreTheirBytes(t *testing.T) {
	for name, d := range full(t) {
		t.Run(name, func(t *testing.T) {
			again, err := d.again(d.bytes)
			require.NoError(t, err)
			require.Equal(t, string(d.bytes), string(again))
			for _, n := range []int{0, 1, len(d.bytes) / 2, len(d.bytes) - 1} {
				_, err := d.again(d.bytes[:n])
				var f *election.FormatError
				require.ErrorAs(t, err, &f)
				require.Equal(t, election.Truncated, f.Code, "%d bytes: %v", n, err)
			}
			_, err = d.again(append(slices.Clone(d.bytes), ' '))
			require.Error(t, err)
		})
	}
}

// No document is taken for another one.
func TestDocumentsAreOfOneType(t *testing.T) {
	all := full(t)
	for name, d := range all {
		for other, o := range all {
			_, err := o.again(d.bytes)
			require.Equal(t, name == other, err == nil, "%s read as %s: %v", name, other, err)
		}
	}
}

func TestFieldsOutOfRange(t *testing.T) {
	all := full(t)
	tests := []struct{ document, old, changed, where, field string }{
		{"ceremony", `"attempt":1`, `"attempt":0`, "ceremony", "attempt"},
		{"close", `"ballots":3`, `"ballots":-3`, "close", "ballots"},
		{"entry", `"kind":"ballot"`, `"kind":"bullet"`, "entry", "kind"},
		{"receipt", `"index":5`, `"index":9007199254740992`, "receipt", "index"},
		{"receipt", `"signature":"`, `"signature":"AAAA`, "receipt", "signature"},
		{"refusal", `"signature":"`, `"signature":"AAAA`, "refusal", "signature"},
		{"refusal", `"code":"closed"`, `"code":""`, "refusal", "code"},
		{"revocations", `"number":1`, `"number":0`, "revocations", "number"},
		{"revocations", `"revoke"`, `"remove"`, "revocations", "action"},
		{"revocations", `"persons":["`, `"persons":[" `, "revocations", "persons[0]"},
		{"box", `"index":6`, `"index":4`, "box line 3", "index"},
		{"ballots", `"index":5`, `"index":4`, "ballots line 3", "index"},
		{"ballots", `"type":"valik/ballot",`, `"type":"valik/bullet",`, "ballots line 2", "ballot.type"},
		{"decisions", `"counted"`, `"wanted"`, "decisions line 3", "reason"},
		{"decisions", `"counted"`, `"stale"`, "decisions line 3", "by"},
		{"decisions", `"superseded"`, `"counted"`, "decisions line 2", "by"},
		{"decisions", `"index":9`, `"index":5`, "decisions line 3", "index"},
		{"decisions", `"code":"status_stale",`, ``, "decisions line 4", "code"},
		{"decisions", `"code":"time_signature",`, ``, "decisions line 5", "code"},
		{"decisions", `"status_stale"`, `"stale"`, "decisions line 4", "code"},
		{"decisions", `"status_stale"`, `"status_STALE"`, "decisions line 4", "code"},
		{"decisions", `"status_stale"`, `"time_signature"`, "decisions line 4", "code"},
		{"decisions", `"time_signature"`, `"status_stale"`, "decisions line 5", "code"},
		{"decisions", `"bad-status"`, `"no-status"`, "decisions line 4", "code"},
		{"decisions", `"bad-status"`, `"revoked-certificate"`, "decisions line 4", "code"},
		{"decisions", `"bad-time"`, `"no-time"`, "decisions line 5", "code"},
		{"settlement", `"index":6`, `"index":4`, "settlement line 3", "index"},
		{"settlement", `"index":6`, `"index":9007199254740992`, "settlement line 3", "index"},
		{"settlement", `"ballots":3`, `"ballots":-3`, "settlement", "ballots"},
		{"settlement", `"evidence":"` + election.HashOf([]byte("x")).String(), `"evidence":"` + election.Hash{}.String(), "settlement line 2", "good"},
		{"evidence", `"crl":"`, `"crl":"00`, "evidence", "crl"},
		{"evidence", `"ocsp":"`, `"ocsp":"%`, "evidence", ""},
		{"input", `"revoked":2`, `"revoked":-2`, "input", "revoked"},
		{"input", `"rows":3`, `"rows":-3`, "input", "lists[0].rows"},
		{"input", `"width":2`, `"width":0`, "input", "lists[2].width"},
		{"mix", `"number":1`, `"number":17`, "mix", "number"},
		{"mix", `"contest":"mayor"`, `"contest":"../mayor"`, "mix", "lists[0].contest"},
		{"decryption", `"trustee":3`, `"trustee":65`, "decryption", "trustee"},
		{"result", `"invalid":1`, `"invalid":-1`, "result", "lists[1]"},
		{"roll", `"changeset":0`, `"changeset":-1`, "roll", "changeset"},
	}
	for _, test := range tests {
		t.Run(test.document+" "+test.field, func(t *testing.T) {
			d := all[test.document]
			require.Contains(t, string(d.bytes), test.old)
			_, err := d.again([]byte(strings.Replace(string(d.bytes), test.old, test.changed, 1)))
			requireField(t, err, test.where, test.field)
		})
	}
}

func TestListsHaveTheLinesTheyAnnounce(t *testing.T) {
	for _, name := range []string{"roll", "box", "ballots", "decisions", "settlement"} {
		d := full(t)[name]
		lines := bytes.SplitAfter(d.bytes, []byte("\n"))
		lines = lines[:len(lines)-1]
		_, err := d.again(bytes.Join(lines[:len(lines)-1], nil))
		var f *election.FormatError
		require.ErrorAs(t, err, &f)
		require.Equal(t, election.Truncated, f.Code, name)
		_, err = d.again(append(slices.Clone(d.bytes), lines[1]...))
		require.Error(t, err, name)
		_, err = d.again(bytes.ReplaceAll(d.bytes, []byte("\n"), []byte("\r\n")))
		require.Error(t, err, name)
	}
}

func TestReceipt(t *testing.T) {
	e := smallElection(t)
	m, fp := e.Manifest, e.Manifest.Fingerprint()
	l := e.NewLog()
	l.Vote(1)
	l.Vote(2)
	c, err := eid.ParseContainer(l.Ballots[0].Container)
	require.NoError(t, err)
	inner, envelope := election.HashOf(c.Data), election.HashOf(l.Ballots[0].Container)
	at := l.Ballots[0].Time
	receipt := func(index uint64) *election.Receipt {
		return election.NewReceipt(e.Collector, fp, inner, envelope, election.Hash{}, index, at, inclusion(t, l, index))
	}
	r := receipt(4)
	checkpoint, err := r.Verify(m, inner, envelope)
	require.NoError(t, err)
	require.EqualValues(t, 6, checkpoint.Size)

	_, err = r.Verify(m, envelope, inner)
	require.ErrorIs(t, err, election.ErrAnotherBallot)
	changed := *r
	changed.Time++
	_, err = changed.Verify(m, inner, envelope)
	require.ErrorIs(t, err, election.ErrSignature)
	_, err = receipt(5).Verify(m, inner, envelope)
	require.ErrorIs(t, err, board.ErrInclusion, "the proof is of another ballot")
	_, err = election.NewReceipt(e.Collector, fp, inner, envelope, election.Hash{}, 5, at, inclusion(t, l, 4)).Verify(m, inner, envelope)
	require.ErrorIs(t, err, election.ErrProofIndex)
	_, err = election.NewReceipt(e.Mixers[0], fp, inner, envelope, election.Hash{}, 4, at, inclusion(t, l, 4)).Verify(m, inner, envelope)
	require.ErrorIs(t, err, election.ErrSignature)
	for _, outside := range []election.Time{m.Opens - 1, m.Closes} {
		logged := e.NewLog()
		index := logged.Cast(l.Ballots[0].Container, outside.Time())
		_, err = election.NewReceipt(e.Collector, fp, inner, envelope, election.Hash{}, index, outside, inclusion(t, logged, index)).Verify(m, inner, envelope)
		require.ErrorIs(t, err, election.ErrReceiptTime, "the receipt is true, but the count would call the ballot outside-hours")
	}
	_, err = election.NewReceipt(e.Collector, fp, inner, envelope, election.Hash{}, 4, at, []byte("x")).Verify(m, inner, envelope)
	require.ErrorIs(t, err, board.ErrMalformed)
	_, err = election.NewReceipt(e.Collector, fp, inner, envelope, election.Hash{}, 4, at+1, inclusion(t, l, 4)).Verify(m, inner, envelope)
	require.ErrorIs(t, err, board.ErrInclusion, "the board has another time")
}

// A receipt without evidence is one only where evidence may come later.
func TestReceiptWithoutEvidence(t *testing.T) {
	for away, test := range map[string]struct {
		err   error
		waits bool
	}{
		election.AwayRefuse: {election.ErrNoEvidence, false},
		election.AwaySettle: {nil, true},
	} {
		e, err := electiontest.New(1, func(m *election.Manifest) {
			m.EID.Evidence = &election.EvidencePolicy{Time: &election.TimePolicy{Authorities: m.EID.Issuers[:1], Tolerance: 60}, Away: away}
			if away == election.AwaySettle {
				m.EID.Evidence.Settle = 3600
			}
		})
		require.NoError(t, err)
		l := e.NewLog()
		container := l.Seal(0, l.Prepare(0).Bytes())
		c, err := eid.ParseContainer(container)
		require.NoError(t, err)
		inner, envelope := election.HashOf(c.Data), election.HashOf(container)
		receipt := func(evidence []byte) *election.Receipt {
			index := l.CastWith(container, evidence, electiontest.Opens)
			return election.NewReceipt(e.Collector, e.Manifest.Fingerprint(), inner, envelope, election.EvidenceHash(evidence), index, election.At(electiontest.Opens), inclusion(t, l, index))
		}
		without, with := receipt(nil), receipt([]byte("evidence"))
		_, err = without.Verify(e.Manifest, inner, envelope)
		require.ErrorIs(t, err, test.err, away)
		require.Equal(t, test.waits, without.Waits(e.Manifest), away)
		_, err = with.Verify(e.Manifest, inner, envelope)
		require.NoError(t, err, away)
		require.False(t, with.Waits(e.Manifest), away)
	}
}

func TestRefusal(t *testing.T) {
	e := smallElection(t)
	fp, inner := e.Manifest.Fingerprint(), election.HashOf([]byte("inner"))
	r := election.NewRefusal(e.Collector, fp, &inner, "closed", "Too late.", 7)
	require.NoError(t, r.Verify(e.Manifest, inner))
	require.ErrorIs(t, r.Verify(e.Manifest, election.Hash{}), election.ErrAnotherBallot)
	r.Code = "not_open"
	require.ErrorIs(t, r.Verify(e.Manifest, inner), election.ErrSignature)
	none := election.NewRefusal(e.Collector, fp, nil, "container_not_zip", "No ballot.", 7)
	require.NotContains(t, string(none.Bytes()), `"ballot"`)
	require.NoError(t, none.Verify(e.Manifest, inner))
}

// inclusion is the proof of an entry under a checkpoint of the whole log.
func inclusion(t testing.TB, l *electiontest.Log, index uint64) []byte {
	t.Helper()
	growth, err := board.Append(0, l.Entries, nil)
	require.NoError(t, err)
	raw, err := board.SignCheckpoint(l.Board, growth.Size, growth.Root)
	require.NoError(t, err)
	checkpoint, err := l.Manifest.Policy().Open(raw)
	require.NoError(t, err)
	proof, err := board.Prove(checkpoint, index, stored(growth.Hashes))
	require.NoError(t, err)
	return proof.Bytes()
}

func TestSignaturesOfArtefacts(t *testing.T) {
	e := smallElection(t)
	fp, key := e.Manifest.Fingerprint(), e.Mixers[0].Public().(ed25519.PublicKey)
	document := []byte("document")
	file := election.Sign(e.Mixers[0], fp, election.KindMix, document)
	require.NoError(t, election.VerifySignature(key, fp, election.KindMix, document, file))
	card := e.Trustees[0].Card().SigningKey()
	require.NoError(t, election.VerifySignature(card, fp, election.KindDecryption, document,
		election.SignWith(e.Trustees[0].Sign, fp, election.KindDecryption, document)))

	bad := map[string]error{
		"key":       election.VerifySignature(card, fp, election.KindMix, document, file),
		"no key":    election.VerifySignature(nil, fp, election.KindMix, document, file),
		"election":  election.VerifySignature(key, election.Hash{}, election.KindMix, document, file),
		"kind":      election.VerifySignature(key, fp, election.KindDecryption, document, file),
		"document":  election.VerifySignature(key, fp, election.KindMix, []byte("Document"), file),
		"empty":     election.VerifySignature(key, fp, election.KindMix, document, nil),
		"no LF":     election.VerifySignature(key, fp, election.KindMix, document, file[:len(file)-1]),
		"two LF":    election.VerifySignature(key, fp, election.KindMix, document, append(slices.Clone(file), '\n')),
		"blank":     election.VerifySignature(key, fp, election.KindMix, document, append([]byte(" "), file[:len(file)-2]...)),
		"raw bytes": election.VerifySignature(key, fp, election.KindMix, document, decoded(t, file)),
	}
	for name, err := range bad {
		require.ErrorIs(t, err, election.ErrSignature, name)
	}
}

func decoded(t testing.TB, file []byte) []byte {
	t.Helper()
	b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(file)))
	require.NoError(t, err)
	return b
}

func TestPathsOfTheRecord(t *testing.T) {
	m := smallElection(t).Manifest
	for _, path := range []string{
		"manifest.json", "tile/0/000.p/9", "input/mayor-0176.1.bin", "mix-2/council-0176.1.proof",
		"decryption-3.json.sig", "plaintexts/mayor-0176.2.bin", "ballots.jsonl", "checkpoint",
	} {
		require.True(t, m.MayLieInRecord(path), path)
	}
	for _, path := range []string{
		"", "tile", "box.jsonl", "roll-0.jsonl", "mix-3.json", "mix-0.json", "decryption-4.json",
		"input/council-0176.2.bin", "input/../manifest.json", "manifest.json.bak", "mix-01.json",
	} {
		require.False(t, m.MayLieInRecord(path), path)
	}
}

func TestDocumentsOfTheCountHaveAllLists(t *testing.T) {
	e := smallElection(t)
	m, h := e.Manifest, election.HashOf(nil)
	mixes, decryptions, inputs := lists(m)
	require.NoError(t, election.NewInput(m, inputs, 0, 0).Check(m))
	require.NoError(t, election.NewMix(m, 1, "Mixer 2", h, mixes).Check(m))
	require.NoError(t, election.NewDecryption(m, 3, h, decryptions).Check(m))

	requireField(t, election.NewMix(m, 1, "Mixer 3", h, mixes).Check(m), "mix", "mixer")
	requireField(t, election.NewDecryption(m, 4, h, decryptions).Check(m), "decryption", "trustee")
	requireField(t, election.NewInput(m, inputs[:2], 0, 0).Check(m), "input", "lists")
	inputs[0], inputs[1] = inputs[1], inputs[0]
	requireField(t, election.NewInput(m, inputs, 0, 0).Check(m), "input", "lists[0]")
	mixes[2].Width = 1
	requireField(t, election.NewMix(m, 1, "Mixer 2", h, mixes).Check(m), "mix", "lists[2].width")
	other := election.NewDecryption(m, 3, h, decryptions)
	other.Election = h
	requireField(t, other.Check(m), "decryption", "election")
}

func FuzzParse(f *testing.F) {
	var names []string
	all := full(f)
	for name, d := range all {
		names = append(names, name)
		if len(d.bytes) < 20_000 {
			f.Add(d.bytes)
		}
	}
	slices.Sort(names)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, name := range names {
			if again, err := all[name].again(b); err == nil {
				require.Equal(t, b, again, fmt.Sprintf("read as %s", name))
			}
		}
	})
}
