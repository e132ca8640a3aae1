package election

import "fmt"

func (m *Manifest) Cards() ([][]byte, error) { return m.Trustees.Cards, nil }

func distinctCards(cards [][]byte) error {
	seen := map[string]bool{}
	for i, c := range cards {
		if seen[string(c)] {
			return fmt.Errorf("card %d is there twice", i+1)
		}
		seen[string(c)] = true
	}
	return nil
}
