package desktop

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var screenshots = flag.String("screenshots", "", "folder to write the pictures of all screens to, with their README.md")

// galleryFolder has the pictures that are committed.
const galleryFolder = "../../docs/screenshots"

// languages are those of both faces. The first is English.
var languages = []string{"en", "et", "ru", "vi"}

// narrow is the width of a window in which nothing may need to be moved sideways: WCAG 2.2,
// 1.4.10, which is also what 1280 pixels are at 400 %.
const narrow = 320

// noWords are what shows when words are missing: names of keys, and what a program calls
// nothing.
var noWords = regexp.MustCompile(`undefined|NaN|\bnull\b|\[object|Invalid Date|[{}]|\b[a-z]+[A-Z][A-Za-z]*\b`)

// address is a link, whose secret is random: it may look like anything.
var address = regexp.MustCompile(`https?://\S+`)

// gallery sees every screen of a face once.
type gallery struct {
	seen map[string]bool
}

// inspect holds what every screen must be, in every language, in light and dark and in a
// narrow window, and takes its picture.
func (g *gallery) inspect(s *screen, name string) {
	s.t.Helper()
	require.Contains(s.t, pictures, name, "the table of pictures has no such screen")
	require.False(s.t, g.seen[name], "%s is shown twice", name)
	g.seen[name] = true
	for _, language := range languages {
		s.choose(language)
		said := s.do(command{"do": "language"})
		require.Equal(s.t, language, said.Language, name)
		require.NotEmpty(s.t, said.Title, name)
		require.NotRegexp(s.t, noWords, address.ReplaceAllString(s.text(), ""), "%s in %s", name, language)
		require.Empty(s.t, s.do(command{"do": "axe"}).Faults, "%s in %s", name, language)
		found := s.do(command{"do": "measure", "width": narrow})
		require.LessOrEqual(s.t, found.Width, narrow, "%s in %s is moved sideways: %s", name, language, found.Wide)
		if language == languages[0] || slices.Contains(pictures[name].also, language) {
			s.picture(fileName(name, language))
		}
	}
	s.choose(languages[0])
}

// requireAll holds that every screen of a face was there.
func (g *gallery) requireAll(t *testing.T, face string) {
	t.Helper()
	for name := range pictures {
		require.True(t, g.seen[name] || !strings.HasPrefix(name, face), "the walk does not come to %s", name)
	}
}

// choose chooses a language, as one does who cannot read the one that is there.
func (s *screen) choose(language string) {
	s.t.Helper()
	s.do(command{"do": "choose", "role": "combobox", "name": "Language", "value": language})
}

func fileName(name, language string) string { return name + "." + language + ".png" }

// picture takes one, if they are asked for.
func (s *screen) picture(file string) {
	s.t.Helper()
	if *screenshots == "" {
		return
	}
	path := filepath.Join(*screenshots, file)
	s.do(command{"do": "screenshot", "path": path, "tall": pictureHeight})
	raw, err := os.ReadFile(path)
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(path, smaller(s.t, raw), 0o644))
}

// pictureHeight is how many pixels a picture is high at most.
const pictureHeight = 1600

// palette is how many colours a picture has at most: a screen has few, and in between are
// those of the edges of letters.
const palette = 64

// smaller is the same picture with the colours that it has most, and in place of each other
// one the nearest of them.
func smaller(t *testing.T, raw []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(raw))
	require.NoError(t, err)
	count := map[color.Color]int{}
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			count[full.At(x, y)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	few := image.NewPaletted(full.Bounds(), color.Palette(most[:min(palette, len(most))]))
	nearest := map[color.Color]uint8{}
	for c := range count {
		nearest[c] = uint8(few.Palette.Index(c))
	}
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			few.SetColorIndex(x, y, nearest[full.At(x, y)])
		}
	}
	var b bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, few))
	return b.Bytes()
}

// galleryText is the README.md of the pictures.
func galleryText() string {
	var b strings.Builder
	b.WriteString("# What voters see\n\nEvery screen of the desktop program and of the page for the second device, taken by `./check screenshots` from the programs as they are built, " +
		"at a collector, with a card of SoftHSM. The election is made up; its candidates are those of [data](../../data/README.md).\n")
	for _, face := range []struct{ prefix, title string }{{"desktop-", "The desktop program"}, {"phone-", "The page for the second device"}} {
		fmt.Fprintf(&b, "\n## %s\n\n| Picture | What it shows |\n|---|---|\n", face.title)
		for _, name := range slices.Sorted(maps.Keys(pictures)) {
			if !strings.HasPrefix(name, face.prefix) {
				continue
			}
			files := []string{}
			for _, language := range append([]string{languages[0]}, pictures[name].also...) {
				files = append(files, fmt.Sprintf("[%s](%s)", language, fileName(name, language)))
			}
			fmt.Fprintf(&b, "| %s: %s | %s |\n", strings.TrimPrefix(name, face.prefix), strings.Join(files, " "), pictures[name].shows)
		}
	}
	return b.String()
}

// TestGallery: the pictures that are committed are those of all screens, and are listed.
func TestGallery(t *testing.T) {
	folder := galleryFolder
	if *screenshots != "" {
		folder = *screenshots
		require.NoError(t, os.WriteFile(filepath.Join(folder, "README.md"), []byte(galleryText()), 0o644))
	}
	want := []string{"README.md"}
	for name, p := range pictures {
		for _, language := range append([]string{languages[0]}, p.also...) {
			want = append(want, fileName(name, language))
		}
	}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	slices.Sort(want)
	slices.Sort(have) // by bytes, whatever the folder has
	require.Equal(t, strings.Join(want, "\n"), strings.Join(have, "\n"), "run ./check screenshots and commit what it makes")
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	require.NoError(t, err)
	require.Equal(t, galleryText(), string(text), "run ./check screenshots and commit what it makes")
}
