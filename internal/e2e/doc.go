// Package e2e holds the tests that run whole elections from a shell, with the
// programs as they are built and a real clock: the commands of
// docs/operations.md, and scripts of everything that is refused.
package e2e
