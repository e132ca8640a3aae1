// Package window is the window of a program whose face is a page. Without the tag gui there
// is nothing in it, so that the rest builds where GTK is not.
package window
