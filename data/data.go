// Package data embeds the public data of a real election, for the demo and for
// tests. See README.md beside it.
package data

import _ "embed"

// The Riigikogu election of 5 March 2023.
var (
	// RK2023Districts is the districts file in the VIS3 format.
	//go:embed rk2023/districts.json
	RK2023Districts []byte
	// RK2023Choices is the choices file in the VIS3 format.
	//go:embed rk2023/choices.json
	RK2023Choices []byte
	// RK2023Votes is the official votes: a line for every candidate with
	// district, choice and votes.
	//go:embed rk2023/votes.csv
	RK2023Votes []byte
)
