package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"valik/board"
	"valik/eid"
	"valik/election"
	"valik/internal/boardtest"
)

// shown is a link and what a collector answers to it.
type shown struct {
	link        string
	fingerprint string
	manifest    []byte
	ceremony    []byte
	checkpoint  []byte
	look        []byte
	board       *boardtest.Log // whose tiles are served
}

// honest is what a collector answers that is.
func (s *scene) honest(c *cast) *shown {
	return &shown{
		link: s.link(c), fingerprint: s.Manifest.Fingerprint().String(), manifest: s.Manifest.Bytes(), ceremony: s.Ceremony.Bytes(),
		checkpoint: s.log.Checkpoint(len(s.log.Entries)), look: look(c.container, s.receipt(c), true), board: s.log,
	}
}

// test is a case: a code, and what was done to the answers about a ballot.
type test struct {
	name, fault, code, ballot string
	how                       func(x *shown, c *cast)
}

func unchanged(*shown, *cast) {}

func (s *scene) right() []test {
	return []test{
		{"good", "", "", "good", unchanged},
		{"other-voter", "", "", "other", unchanged},
		{"fingerprint-unknown", "nobody said which election", "", "good", func(x *shown, _ *cast) { x.fingerprint = "" }},
		{"superseded", "the voter has voted again", "", "older", func(x *shown, c *cast) { x.look = look(c.container, s.receipt(c), false) }},
		{"answer-spaced", "the answer has spaces, which no document may", "", "good", func(x *shown, _ *cast) { x.look = indented(x.look) }},
	}
}

func indented(b []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func (s *scene) wrong() []test {
	return append(append(s.wrongBallots(), s.wrongReceipts()...), s.wrongAnswers()...)
}

// wrongBallots are right in everything but what the voter signed.
func (s *scene) wrongBallots() []test {
	return []test{
		{"ballot-other", "the collector shows another ballot of the voter", "other_ballot", "good", func(x *shown, _ *cast) {
			older := s.casts["older"]
			x.look = look(older.container, s.receipt(older), true)
		}},
		{"seed-other", "the device tells another seed than it used", "seed", "good", func(x *shown, c *cast) {
			told := *c
			told.seed = seedOf(99)
			x.link = s.link(&told)
		}},
		{"key-other", "encrypted to a key that is not the election's", "seed", "other-key", unchanged},
		{"nonce-other", "one half of the ciphertext is not of the seed", "seed", "nonce", unchanged},
		{"choice-none", "the ciphertext holds no choice", "seed", "no-choice", unchanged},
		{"choice-twice", "one choice in two slots, of which the second does not count", "choice_twice", "twice", unchanged},
		{"proof-other", "the proofs are of another voter's ballot", "bad_proof.membership", "bad-proof", unchanged},
		{"anchor-late", "made for a board that is larger than its index", "before_anchor", "late-anchor", unchanged},
		{"anchor-invented", "made for a board that there never was", "bad_anchor", "bad-anchor", unchanged},
		{"anchor-empty", "made for an empty board", "bad_anchor", "no-anchor", unchanged},
		{"ballot-election", "of another election", "wrong_election", "election", unchanged},
		{"ballot-style", "without one of its district's contests", "wrong_style", "style", unchanged},
		{"ballot-district", "of a district that there is not", "wrong_district", "district", unchanged},
		{"ballot-none", "the file is no ballot", "bad_ballot.not_json", "no-ballot", unchanged},
		{"signer-stranger", "signed with a card that nobody has issued", "certificate_untrusted", "stranger", unchanged},
		{"file-name", "the file has another name", "wrong_file", "file", unchanged},
		{"container-cut", "the container is cut", "container_truncated", "good", func(x *shown, c *cast) {
			x.look = look(c.container[:len(c.container)-1], s.receipt(c), true)
		}},
		{"container-data", "the ballot stands under the signature of another", "signature_invalid", "good", func(x *shown, c *cast) {
			signed := must(eid.ParseContainer(s.casts["older"].container))
			signed.Data = c.inner
			x.look = look(signed.Bytes(), s.receipt(c), true)
		}},
	}
}

// wrongReceipts do not show that the ballot is on the board.
func (s *scene) wrongReceipts() []test {
	resigned := func(how func(r *election.Receipt, c *cast)) func(*shown, *cast) {
		return func(x *shown, c *cast) {
			r := s.receipt(c)
			how(r, c)
			x.look = look(c.container, r, true)
		}
	}
	proved := func(how func(c *cast) []byte) func(*shown, *cast) {
		return func(x *shown, c *cast) { x.look = look(c.container, s.sign(c, how(c)), true) }
	}
	return []test{
		{"receipt-forged", "signed with another key than the collector's", "receipt_signature", "good", resigned(func(r *election.Receipt, c *cast) {
			_, key, _ := ed25519.GenerateKey(nil)
			*r = *election.NewReceipt(key, r.Election, r.Ballot, r.Envelope, r.Evidence, r.Index, r.Time, []byte(r.Proof))
		})},
		{"receipt-other-ballot", "the receipt of another ballot", "receipt_other", "good", resigned(func(r *election.Receipt, _ *cast) { *r = *s.receipt(s.casts["older"]) })},
		{"receipt-other-envelope", "the receipt of the same ballot in another envelope", "receipt_other", "again", resigned(func(r *election.Receipt, _ *cast) { *r = *s.receipt(s.casts["good"]) })},
		{"receipt-hours", "logged as cast before the opening", "receipt_time", "night", unchanged},
		{"receipt-evidence", "logged without the evidence that the manifest demands", "receipt_evidence", "unevidenced", unchanged},
		{"receipt-index", "the proof is of another entry", "receipt_index", "good", proved(func(c *cast) []byte {
			return s.proof(s.log, s.log.Checkpoint(int(c.index)+growth), c.index+1)
		})},
		{"link-index", "the link names another entry", "receipt_index", "good", func(x *shown, c *cast) {
			told := *c
			told.index++
			x.link = s.link(&told)
		}},
		{"receipt-proof", "the path leads from another entry", "inclusion", "good", proved(func(c *cast) []byte {
			return bytes.Replace(s.proof(s.log, s.log.Checkpoint(int(c.index)+growth), c.index+1), fmt.Appendf(nil, "index %d\n", c.index+1), fmt.Appendf(nil, "index %d\n", c.index), 1)
		})},
		{"receipt-not-logged", "the ballot is not on the board", "inclusion", "good", proved(func(c *cast) []byte {
			without := s.log.Fork(int(c.index), append([][]byte{boardtest.Entry(s.Manifest, "ballot", 1)}, s.log.Entries[c.index+1:]...)...)
			return s.proof(without, without.Checkpoint(int(c.index)+growth), c.index)
		})},
		{"receipt-no-proof", "there is no proof in it", "proof_form", "good", proved(func(*cast) []byte { return []byte("none\n") })},
		{"receipt-unwitnessed", "one witness has signed where two must", "checkpoint_quorum", "good", proved(func(c *cast) []byte {
			return s.proof(s.log, s.fewer().Checkpoint(int(c.index)+growth), c.index)
		})},
		{"receipt-witness-forged", "a witness's name with another's signature", "checkpoint_signature", "good", proved(func(c *cast) []byte {
			proof := string(s.proof(s.log, s.log.Checkpoint(int(c.index)+growth), c.index))
			lines := strings.SplitAfter(proof, "\n")
			line := &lines[len(lines)-2]
			*line = string(forgedLine(s.log, int(c.index)+growth))
			return []byte(strings.Join(lines, ""))
		})},
		{"receipt-field", "a field is missing", "receipt.bad_field", "good", func(x *shown, _ *cast) {
			x.look = bytes.Replace(x.look, []byte(`"index":`), []byte(`"Index":`), 1)
		}},
	}
}

// forgedLine has a witness's name and key hash, and the signature for another time.
func forgedLine(l *boardtest.Log, size int) []byte {
	w := l.Witnesses[1]
	text := l.Checkpoint(size)
	other := bytes.Replace(text, fmt.Appendf(nil, "\n%d\n", size), fmt.Appendf(nil, "\n%d\n", size+1), 1)
	return w.Line(other, l.At)
}

// fewer is the board with one witness.
func (s *scene) fewer() *boardtest.Log {
	l := *s.log
	l.Witnesses = l.Witnesses[:1]
	return &l
}

// wrongAnswers show another election or another board.
func (s *scene) wrongAnswers() []test {
	replaced := func(n int, kind election.Kind) func(*shown, *cast) {
		return func(x *shown, c *cast) {
			entries := append([][]byte{election.NewEntry(kind, s.Manifest.Fingerprint(), election.HashOf([]byte("another"))).Bytes()}, s.log.Entries[n+1:]...)
			x.board = s.log.Fork(n, entries...)
			x.checkpoint = x.board.Checkpoint(len(x.board.Entries))
			x.look = look(c.container, s.receiptOf(x.board, c), true)
		}
	}
	return []test{
		{"election-other", "the manifest is not the one that is known", "other_election", "good", func(x *shown, _ *cast) {
			x.fingerprint = election.HashOf([]byte("another")).String()
		}},
		{"manifest-spaced", "the manifest is not in its one form", "manifest.not_canonical", "good", func(x *shown, _ *cast) {
			x.manifest, x.fingerprint = append(bytes.Clone(x.manifest), '\n'), ""
		}},
		{"address-other", "the link names another collector", "address", "good", func(x *shown, _ *cast) {
			x.link = strings.Replace(x.link, "vote.example.ee", "vote.example.com", 1)
		}},
		{"ceremony-changed", "one byte of a trustee's message is another", "ceremony.ceremony_signature", "good", func(x *shown, _ *cast) {
			// The last bytes of a message are its signature's.
			x.ceremony = changeLastOfList(x.ceremony, `"commitments":["`)
		}},
		{"look-none", "the answer is a web page", "look.not_json", "good", func(x *shown, _ *cast) { x.look = []byte("<html></html>") }},
		{"look-field", "the answer does not say whether it is the latest", "look.bad_field", "good", func(x *shown, _ *cast) {
			x.look = bytes.Replace(x.look, []byte(`,"latest":true`), nil, 1)
		}},
		{"board-unwitnessed", "one witness has signed the newest board", "board.checkpoint_quorum", "good", func(x *shown, _ *cast) {
			x.checkpoint = s.fewer().Checkpoint(len(s.log.Entries))
		}},
		{"board-rollback", "the board has become smaller", "rollback", "good", func(x *shown, c *cast) { x.checkpoint = s.log.Checkpoint(int(c.index) + 1) }},
		{"board-forked", "the ballot has vanished from the board", "fork", "good", func(x *shown, c *cast) {
			x.board = s.log.Fork(int(c.index), append([][]byte{boardtest.Entry(s.Manifest, "ballot", 1)}, s.log.Entries[c.index+1:]...)...)
			x.checkpoint = x.board.Checkpoint(len(x.board.Entries))
		}},
		{"board-forked-later", "an entry after the ballot's has vanished", "fork", "good", func(x *shown, c *cast) {
			x.board = s.log.Fork(int(c.index)+1, append([][]byte{boardtest.Entry(s.Manifest, "ballot", 1)}, s.log.Entries[c.index+2:]...)...)
			x.checkpoint = x.board.Checkpoint(len(x.board.Entries))
		}},
		{"board-ceremony", "the board has another ceremony", "board_ceremony", "good", replaced(1, election.KindCeremony)},
		{"board-manifest", "the board is another election's", "board_manifest", "good", replaced(0, election.KindManifest)},
		{"board-tiles", "the tiles are not those of the checkpoint", "tile", "good", func(x *shown, c *cast) {
			x.board = s.log.Fork(int(c.index), append([][]byte{boardtest.Entry(s.Manifest, "ballot", 1)}, s.log.Entries[c.index+1:]...)...)
		}},
	}
}

// write adds the files of all cases but those of a board that settles.
func (s *scene) write(files map[string][]byte) []vector {
	var list []vector
	for _, t := range append(s.right(), s.wrong()...) {
		list = append(list, s.writeCase(files, t))
	}
	return list
}

// writeWaiting adds the case of a ballot whose evidence is to come.
func (s *scene) writeWaiting(files map[string][]byte) []vector {
	v := s.writeCase(files, test{"waiting", "the service that knows the certificate's status was away", "", "unevidenced", unchanged})
	v.Finding.Waits = true
	return []vector{v}
}

func (s *scene) writeCase(files map[string][]byte, t test) vector {
	c := s.casts[t.ballot]
	x, usual := s.honest(c), s.honest(c)
	t.how(x, c)
	v := vector{Name: t.name, Fault: t.fault, Link: x.link, Fingerprint: x.fingerprint, Code: t.code}
	v.Look = path.Join("answers", t.name+".json")
	files[v.Look] = x.look
	file := func(name string, b, usual []byte) string {
		folder := s.folder
		if !bytes.Equal(b, usual) {
			folder = path.Join("answers", t.name)
		}
		files[path.Join(folder, name)] = b
		return path.Join(folder, name)
	}
	v.Manifest = file(election.ManifestFile, x.manifest, usual.manifest)
	v.Ceremony = file(election.CeremonyFile, x.ceremony, usual.ceremony)
	v.Checkpoint = file(board.CheckpointFile, x.checkpoint, usual.checkpoint)
	v.Tiles = s.folder
	if x.board != s.log {
		v.Tiles = path.Join("answers", t.name)
	}
	writeTiles(files, v.Tiles, x.board)
	if t.code == "" {
		v.Finding = s.find(c, x)
	}
	return v
}

// writeTiles writes what a check reads: hashes, and no entries.
func writeTiles(files map[string][]byte, folder string, l *boardtest.Log) {
	for _, tile := range must(board.Tiles(0, uint64(len(l.Entries)))) {
		if name := tile.Path(); !strings.HasPrefix(name, "tile/entries/") {
			files[path.Join(folder, name)] = must(l.Fetch(name))
		}
	}
}

func (s *scene) find(c *cast, x *shown) *finding {
	container := must(eid.ParseContainer(c.container))
	person := must(container.Verify(must(s.Manifest.EIDIssuers()), c.at.Time()))
	b := must(election.ParseBallot(c.inner))
	return &finding{
		Code: person.Code, Name: person.Name, District: b.District, Selections: s.selections(b.District), Time: c.at,
		Witnesses: boardtest.Names[:2], Latest: bytes.Contains(x.look, []byte(`"latest":true`)) || bytes.Contains(x.look, []byte(`"latest": true`)), Left: 2,
	}
}
