package tally

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"valik/eid"
	"valik/election"
	"valik/election/vis3"
)

// signatureSuffix names the file beside a file of the election information system that
// holds its signature.
const signatureSuffix = ".sig"

// ErrHandedIn is returned for a file of the election information system whose
// signature is missing or is not of this file by the registry key of the manifest.
var ErrHandedIn = errors.New("tally: the file is not signed by the election information system")

// readHandedIn reads a file of the election information system, and its signature if the manifest
// names a key for it. Errors name the file and what to do.
func readHandedIn(m *election.Manifest, path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key := m.RegistryKey()
	if key == nil {
		return raw, nil
	}
	signature, err := os.ReadFile(path + signatureSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: put its signature beside it, as %s%s", path, ErrHandedIn, path, signatureSuffix)
	}
	if err != nil {
		return nil, err
	}
	if err := vis3.VerifySignature(key, raw, signature); err != nil {
		return nil, fmt.Errorf("%s: %w: %s%s is not its signature by the manifest's registry key: have both files handed in again, and ask where this one came from",
			path, ErrHandedIn, path, signatureSuffix)
	}
	return raw, nil
}

// ReadRevocations reads a revocation or restoration in the VIS3 form, with its
// signature where the manifest demands one. Errors name the file.
func ReadRevocations(m *election.Manifest, path string) (*vis3.Revocations, error) {
	var order *vis3.Revocations
	err := readInto(m, []string{path}, vis3.ParseRevocations, func(v *vis3.Revocations) error { order = v; return nil })
	return order, err
}

// errUnsignedSkip says that anybody could have written the order.
var errUnsignedSkip = errors.New("an order to skip a changeset counts only where the manifest has a registry key that signs it")

// applyList applies a voter list, or the order to skip one that stands in its place.
func applyList(m *election.Manifest, register *vis3.Register) func([]byte, *eid.Rules) error {
	return func(raw []byte, rules *eid.Rules) error {
		if !vis3.IsSkip(raw) {
			list, err := vis3.ParseVoterList(raw, rules)
			if err != nil {
				return err
			}
			return register.Apply(list)
		}
		order, err := vis3.ParseSkip(raw)
		if err != nil {
			return err
		}
		if m.RegistryKey() == nil {
			return errUnsignedSkip
		}
		return register.Skip(order)
	}
}
