// Package desktop is the voter's desktop program without its window: what it shows, as a
// State, and what a voter may do, as requests to an http.Handler. A window or a browser is
// a thin face on it; all that concerns the vote is in package voter.
//
// The face asks for the state, and is answered when there is a newer one than it has:
//
//	GET  api/state?after=N      the State; waits some seconds for a version above N
//	GET  api/link               {"link":"https://…","qr":"<svg …>"}: secret, shown to the voter alone
//	POST api/language           {"language":"et"}
//	POST api/open               {"id":"…"} of State.Elections, {"invitation":"…"} the text of a file,
//	                            or {"collector":"https://…","fingerprint":"…"}
//	POST api/look               looks again for cards and files
//	POST api/identify           {"id":"…"} of State.Means, or {"files":[{"name":"…","content":"base64"}]}
//	POST api/answer?id=N        the PIN or passphrase as the whole body; empty cancels
//	POST api/choose             {"selections":{"contest":["code"]}}; "blank" where a slot is left blank
//	POST api/back               from the review to the ballot
//	POST api/cast               signs and casts what is reviewed
//	POST api/resume             casts again what was signed and not confirmed
//	POST api/receipt            saves the receipt as a file of the voter's
//	POST api/revote             a new ballot after a cast
//	POST api/leave              forgets the voter and the election, back to the start
//	POST api/stop               stops what is under way, as far as it can be
//
// A request that is understood is answered by 204 No Content at once, and what comes of it is
// in the state; by 409 Conflict if it does not fit the state; by 400 if it is not understood.
// Every request has the header X-Valik-Key where the handler was given a key.
package desktop
