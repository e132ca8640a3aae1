//go:build gui

package window

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// Open shows a page in a window of its own until the voter closes it or ctx ends. The page
// asks the handler over the window's own scheme, so that nothing listens on the network and no
// other program can ask. Requests that wait for something do not hold up the end. An error is
// that of a machine that has no screen. It is called once, by the program's first goroutine.
func Open(ctx context.Context, page http.Handler) (err error) {
	defer func() {
		if reason := recover(); reason != nil { // so says Wails that it found no screen
			err = fmt.Errorf("window: it does not open: %v; is this a desktop session?", reason)
		}
	}()
	return wails.Run(settings(ctx, page))
}

// settings is what Wails is told. Developer's tools, context menu, and the services that ask
// others whether a page is dangerous are off by default in a production build.
func settings(ctx context.Context, page http.Handler) *options.App {
	var once sync.Once // a page that is loaded again is ready again
	return &options.App{
		Title: "Valik", Width: 1024, Height: 768, MinWidth: 360, MinHeight: 480,
		AssetServer: &assetserver.Options{Handler: page},
		DragAndDrop: &options.DragAndDrop{DisableWebViewDrop: true}, // what is dropped would replace the page; macOS does not heed it, but the face
		Linux:       &linux.Options{ProgramName: "valik", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		Windows:     &windows.Options{IsZoomControlEnabled: true},
		OnStartup:   func(context.Context) { complete() },
		OnDomReady: func(window context.Context) {
			once.Do(func() { context.AfterFunc(ctx, func() { runtime.Quit(window) }) })
		},
	}
}
