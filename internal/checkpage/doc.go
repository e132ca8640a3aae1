// Package checkpage holds the tests of the second device against a real collector: a ballot
// is cast by the voter's program, and its link is opened in a browser of a phone's size.
package checkpage
