package desktop_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/voter-app/desktop"
)

// What is wrong with the folder is told in the window: who starts the program from a menu sees
// nothing else.
func TestFolderThatCannotBeUsed(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, folder string){
		"no folder":         func(t *testing.T, folder string) { require.NoError(t, os.WriteFile(folder, nil, 0o600)) },
		"broken settings":   func(t *testing.T, folder string) { write(t, folder, "settings.json") },
		"a broken election": func(t *testing.T, folder string) { write(t, folder, "elections", "x.json") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.folder = filepath.Join(w.folder, "own")
			spoil(t, w.folder)
			w.start()
			s := w.failed(nil, "state", "")
			require.Equal(t, desktop.StepStart, s.Step)
			require.Len(t, s.Elections, 1, "what the program was started with")
		})
	}
}

func write(t *testing.T, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
}

// The path of the folder is no pattern.
func TestFolderWithABracket(t *testing.T) {
	w := newWorld(t, 1)
	w.folder = filepath.Join(w.folder, "own[1")
	w.start()
	w.open()
	w.start(func(c *desktop.Config) { c.Invitations = nil })
	require.Len(t, w.app.State(context.Background(), 0).Elections, 1)
}
