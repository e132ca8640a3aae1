// Package shuffle mixes rows of ciphertexts and proves it: the output holds the
// rows of the input in another order, every ciphertext re-encrypted, and nobody
// but the mixer knows which row went where.
//
// The proof is the one of Terelius and Wikström with the commitment chain, in
// the form of Haenni, Locher, Koenig and Dubuis, for rows of any width. Its
// size is 160 bytes a row, and a verifier checks all of it by one multi-scalar
// multiplication.
//
// The letters are those of docs/protocol/shuffle.md, where rows are counted from
// 1; the program counts them from 0.
package shuffle
