package election

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"unicode/utf8"

	"valik/board"
)

// Receipt is the collector's promise that a ballot is on the board. The voter's
// program says "cast" only after [Receipt.Verify].
type Receipt struct {
	Type      string `json:"type"`
	Version   int    `json:"version"`
	Election  Hash   `json:"election"`
	Ballot    Hash   `json:"ballot"`   // of the inner ballot
	Envelope  Hash   `json:"envelope"` // of the container
	Evidence  Hash   `json:"evidence"` // of the evidence about the certificate, or zero
	Index     uint64 `json:"index"`    // of the entry on the board
	Time      Time   `json:"time"`     // when the collector took the ballot
	Proof     string `json:"proof"`    // tlog-proof, with a witnessed checkpoint
	Signature []byte `json:"signature"`
}

// Refusal is the collector's signed statement that it did not take a ballot, and
// why.
type Refusal struct {
	Type      string `json:"type"`
	Version   int    `json:"version"`
	Election  Hash   `json:"election"`
	Ballot    *Hash  `json:"ballot,omitempty"` // of the inner ballot, where one was found
	Code      string `json:"code"`             // stable, see docs/protocol/processing.md
	Message   string `json:"message"`          // for people
	Time      Time   `json:"time"`
	Signature []byte `json:"signature"`
}

const (
	receiptKind  = "receipt"
	refusalKind  = "refusal"
	receiptLimit = 1 << 20
	refusalLimit = 64 << 10
)

// What [Receipt.Verify] and [Refusal.Verify] may find wrong.
var (
	ErrAnotherBallot = errors.New("election: it is about another election or ballot")
	ErrSignature     = errors.New("election: the signature is wrong")
	ErrProofIndex    = errors.New("election: the inclusion proof is for another index")
	ErrReceiptTime   = errors.New("election: the ballot is logged with a time at which the polls are not open, so that it would not count")
	ErrNoEvidence    = errors.New("election: the ballot is logged without the evidence of the certificate that the manifest demands, so that it would not count")
)

// NewReceipt signs a receipt for the ballot at index with the collector's key.
func NewReceipt(key ed25519.PrivateKey, fingerprint, inner, envelope, evidence Hash, index uint64, at Time, proof []byte) *Receipt {
	d := header(receiptKind)
	r := &Receipt{
		Type: d.Type, Version: d.Version, Election: fingerprint, Ballot: inner, Envelope: envelope, Evidence: evidence,
		Index: index, Time: at, Proof: string(proof),
	}
	r.Signature = ed25519.Sign(key, r.signed())
	return r
}

// ParseReceipt reads a receipt. Errors: *[FormatError].
//
// It implements Receipt.Parse of docs/protocol/entries.md.
func ParseReceipt(b []byte) (*Receipt, error) {
	r := new(Receipt)
	if err := unmarshal(receiptKind, receiptLimit, b, r); err != nil {
		return nil, err
	}
	if r.Index > maxInteger {
		return nil, badField(receiptKind, "index", "%d is out of range", r.Index)
	}
	if err := checkSignatureLength(receiptKind, r.Signature); err != nil {
		return nil, err
	}
	return r, nil
}

// Bytes returns the stored form.
func (r *Receipt) Bytes() []byte { return marshal(r) }

// Verify checks that the receipt shows the ballot with these hashes on the
// election's board: the collector's signature, the inclusion proof, and a
// checkpoint with the signatures that the manifest demands. It returns the
// checkpoint. The time is the one in the ballot's leaf, by which the count judges
// the hours: a collector could give a good receipt for a ballot that it has logged
// as too late. Errors: [ErrAnotherBallot], [ErrSignature], [ErrReceiptTime],
// [ErrNoEvidence], [ErrProofIndex], those of board.ParseProof and of Proof.Verify there.
//
// It implements Receipt.Verify of docs/protocol/entries.md.
func (r *Receipt) Verify(m *Manifest, inner, envelope Hash) (*board.Checkpoint, error) {
	if r.Election != m.Fingerprint() || r.Ballot != inner || r.Envelope != envelope {
		return nil, ErrAnotherBallot
	}
	if err := r.VerifySignature(m); err != nil {
		return nil, err
	}
	if r.Time < m.Opens || r.Time >= m.Closes {
		return nil, ErrReceiptTime
	}
	if r.Evidence == (Hash{}) && m.EID.Evidence != nil && !m.Settles() {
		return nil, ErrNoEvidence
	}
	proof, err := board.ParseProof([]byte(r.Proof))
	if err != nil {
		return nil, fmt.Errorf("election: receipt: %w", err)
	}
	if proof.Index != r.Index {
		return nil, ErrProofIndex
	}
	return proof.Verify(m.Policy(), r.entry().Bytes())
}

// VerifySignature checks only that the collector of the election has given this
// receipt, for whatever ballot. Errors: [ErrAnotherBallot], [ErrSignature].
func (r *Receipt) VerifySignature(m *Manifest) error {
	if r.Election != m.Fingerprint() {
		return ErrAnotherBallot
	}
	if !ed25519.Verify(m.Collector.Key[:], r.signed(), r.Signature) {
		return ErrSignature
	}
	return nil
}

// entry is what the receipt promises to be at its index.
func (r *Receipt) entry() *Entry {
	return NewBallotEntry(r.Election, r.Ballot, r.Envelope, r.Evidence, r.Time)
}

// Waits says whether the evidence of the voter's certificate is to come after this cast,
// as the manifest allows. Whether the vote counts is then for the settlement to say.
func (r *Receipt) Waits(m *Manifest) bool { return m.Settles() && r.Evidence == (Hash{}) }

// signed returns what the collector signs: the receipt with an empty signature.
// Its type says that it is a receipt, so the signature is none of anything else.
func (r *Receipt) signed() []byte {
	unsigned := *r
	unsigned.Signature = []byte{}
	return marshal(unsigned)
}

// NewRefusal signs a refusal with the collector's key. inner is nil where no
// inner ballot was found.
func NewRefusal(key ed25519.PrivateKey, fingerprint Hash, inner *Hash, code, message string, at Time) *Refusal {
	d := header(refusalKind)
	r := &Refusal{
		Type: d.Type, Version: d.Version, Election: fingerprint, Ballot: inner,
		Code: code, Message: message, Time: at,
	}
	r.Signature = ed25519.Sign(key, r.signed())
	return r
}

// ParseRefusal reads a refusal. Errors: *[FormatError].
//
// It implements Refusal.Parse of docs/protocol/entries.md.
func ParseRefusal(b []byte) (*Refusal, error) {
	r := new(Refusal)
	if err := unmarshal(refusalKind, refusalLimit, b, r); err != nil {
		return nil, err
	}
	if r.Code == "" || r.Message == "" || !utf8.ValidString(r.Message) {
		return nil, badField(refusalKind, "code", "a code and a message are needed")
	}
	if err := checkSignatureLength(refusalKind, r.Signature); err != nil {
		return nil, err
	}
	return r, nil
}

// Bytes returns the stored form.
func (r *Refusal) Bytes() []byte { return marshal(r) }

// Verify checks that the collector of the election refused the ballot with this
// hash. A refusal that names no ballot is about whatever was sent. Errors:
// [ErrAnotherBallot], [ErrSignature].
//
// It implements Refusal.Verify of docs/protocol/entries.md.
func (r *Refusal) Verify(m *Manifest, inner Hash) error {
	if r.Election != m.Fingerprint() || (r.Ballot != nil && *r.Ballot != inner) {
		return ErrAnotherBallot
	}
	if !ed25519.Verify(m.Collector.Key[:], r.signed(), r.Signature) {
		return ErrSignature
	}
	return nil
}

func (r *Refusal) signed() []byte {
	unsigned := *r
	unsigned.Signature = []byte{}
	return marshal(unsigned)
}

func checkSignatureLength(kind string, signature []byte) error {
	if len(signature) != ed25519.SignatureSize {
		return badField(kind, "signature", "%d bytes where %d are expected", len(signature), ed25519.SignatureSize)
	}
	return nil
}
