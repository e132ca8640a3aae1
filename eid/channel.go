package eid

import (
	"crypto/tls"
	"errors"
)

// What RFC 9266 fixes of the channel binding "tls-exporter".
const (
	channelLabel = "EXPORTER-Channel-Binding"
	channelSize  = 32
)

// ErrChannel says that a connection has no binding: it is not TLS 1.3.
var ErrChannel = errors.New("eid: the connection is not TLS 1.3, so nothing can be bound to it")

// ChannelBinding gives 32 bytes that only the two ends of a TLS channel know, the
// same at both: "tls-exporter" of RFC 9266. Who sits between two channels has two
// different ones.
//
// It implements Login.Channel of docs/protocol/eid.md.
func ChannelBinding(state *tls.ConnectionState) ([]byte, error) {
	if state == nil || state.Version < tls.VersionTLS13 {
		return nil, ErrChannel
	}
	return state.ExportKeyingMaterial(channelLabel, nil, channelSize)
}
