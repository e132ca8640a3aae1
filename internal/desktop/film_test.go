package desktop

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The camera's picture, in pixels.
const filmWidth, filmHeight = 640, 480

// holdBefore holds a picture, or nil for none, before the phone's camera: it becomes the film of one second,
// in the form of YUV4MPEG2, that the camera shows again and again.
func holdBefore(t *testing.T, picture []byte) {
	t.Helper()
	canvas := image.NewRGBA(image.Rect(0, 0, filmWidth, filmHeight))
	draw.Draw(canvas, canvas.Bounds(), image.White, image.Point{}, draw.Src)
	if picture != nil {
		shown, err := png.Decode(bytes.NewReader(picture))
		require.NoError(t, err)
		require.True(t, shown.Bounds().Size().In(canvas.Bounds()), "the camera's picture is smaller")
		corner := canvas.Bounds().Size().Sub(shown.Bounds().Size()).Div(2)
		draw.Draw(canvas, shown.Bounds().Sub(shown.Bounds().Min).Add(corner), shown, shown.Bounds().Min, draw.Src)
	}
	frame := image.NewYCbCr(canvas.Rect, image.YCbCrSubsampleRatio420)
	for y := range filmHeight {
		for x := range filmWidth {
			c := canvas.RGBAAt(x, y)
			frame.Y[frame.YOffset(x, y)], frame.Cb[frame.COffset(x, y)], frame.Cr[frame.COffset(x, y)] = color.RGBToYCbCr(c.R, c.G, c.B)
		}
	}
	require.NoError(t, os.WriteFile(film(), film1(frame), 0o600))
}

func film1(frame *image.YCbCr) []byte {
	const rate = 5 // pictures a second
	var b bytes.Buffer
	fmt.Fprintf(&b, "YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420\n", filmWidth, filmHeight, rate)
	for range rate {
		b.WriteString("FRAME\n")
		for _, plane := range [][]byte{frame.Y, frame.Cb, frame.Cr} {
			b.Write(plane)
		}
	}
	return b.Bytes()
}
