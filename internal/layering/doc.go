// Package layering holds the tests of the house rules that a machine can check:
// which room may import which, how long a function and a file may grow, and that
// the specification and the code name each other.
package layering
