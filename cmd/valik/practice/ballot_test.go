package practice

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
)

func ballot() *election.Manifest {
	m := new(election.Manifest)
	complete(m)
	return m
}

// The ballot is such as real ones are: so long that one searches, with codes of candidates.
func TestTheBallotIsLikeARealOne(t *testing.T) {
	m := ballot()
	require.True(t, m.Rehearsal)
	require.Len(t, m.Lists, 2)
	code := regexp.MustCompile(`^0000\.[1-9][0-9]{2}$`)
	seen, choices := map[string]bool{}, [2]int{}
	for i, list := range m.Lists {
		require.Equal(t, m.Contests[i].ID, list.Contest)
		for _, slate := range list.Lists {
			choices[i] += len(slate.Choices)
			for _, c := range slate.Choices {
				require.Regexp(t, code, c.Code)
				require.False(t, seen[c.Code], "%s is there twice", c.Code)
				require.False(t, seen[c.Name], "%s is there twice", c.Name)
				seen[c.Code], seen[c.Name] = true, true
			}
		}
	}
	require.GreaterOrEqual(t, len(m.Lists[0].Lists), 5)
	require.GreaterOrEqual(t, choices[0], 60)
	require.Greater(t, choices[1], m.Contests[1].Slots)
	require.Equal(t, 2, m.Contests[1].Slots)
	require.True(t, m.Contests[1].Blank)
}

// Species have two words, which are the same in every language.
func TestTheChoicesNeedNoTranslation(t *testing.T) {
	species, family := regexp.MustCompile(`^[A-Z][a-z]+ [a-z]+$`), regexp.MustCompile(`^[A-Z][a-z]+idae$|^[A-Z][a-z]+aceae$`)
	for _, list := range ballot().Lists {
		for _, slate := range list.Lists {
			require.Regexp(t, family, slate.Name)
			for _, c := range slate.Choices {
				require.Regexp(t, species, c.Name)
			}
		}
	}
}

// That every text is there in all languages, and none beside them, the manifest demands; that
// they differ shows that none was forgotten.
func TestEveryLanguageHasItsOwnWords(t *testing.T) {
	m := ballot()
	require.Equal(t, []string{"en", "et", "ru", "vi"}, m.Languages)
	for _, text := range []election.Text{m.Title, m.Contests[0].Title, m.Contests[1].Title} {
		words := map[string]bool{}
		for _, language := range m.Languages {
			words[text[language]] = true
		}
		require.Len(t, words, len(m.Languages))
		require.Len(t, text, len(m.Languages))
	}
}
