// Package desktop holds the tests of what a voter meets: the desktop program, as it is
// built, on a card of SoftHSM at a real collector, its face driven in a browser, and the page
// for the second device in a browser of a phone's size. The tests do what a voter does, by
// the roles and the names of what is on the screen, and go wrong in the ways in which a
// voter's evening goes wrong.
//
// The same walks make the pictures of docs/screenshots, see README.md there.
package desktop
