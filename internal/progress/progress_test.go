package progress

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNobodyLooksAtFiles(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer f.Close()
	var buffer bytes.Buffer
	for _, b := range []*Bars{New(f), New(&buffer)} {
		b.Draw("work", 1, 2)
		b.Clear()
	}
	info, err := f.Stat()
	require.NoError(t, err)
	require.Zero(t, info.Size())
	require.Zero(t, buffer.Len())
}
