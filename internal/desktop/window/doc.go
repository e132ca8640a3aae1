// Package window holds the test of the desktop program's real window: the program as it is
// bundled, on an X server without a screen, with a bus and a window manager of its own. The
// test reads the window and presses what is in it as a screen reader does, by roles and
// names over AT-SPI, types on the keyboard, and photographs the screen.
//
// It needs the headers of GTK and WebKitGTK, so it is built with the tag gui alone:
// `./check window`, which installs what it needs, runs it.
package window
