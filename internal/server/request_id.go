package server

import (
	"encoding/hex"
	"math/rand/v2"
)

const (
	requestIDSize     = 52
	requestIDAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
)

// newRequestID makes an id of the form that DynamoDB's have. It is random so that it is unique across servers and
// restarts; it protects nothing.
func newRequestID() string {
	var id [requestIDSize]byte
	var bits uint64
	for i := range id {
		if i%12 == 0 {
			bits = rand.Uint64()
		}
		id[i] = requestIDAlphabet[bits&31]
		bits >>= 5
	}
	return string(id[:])
}

// newUUID makes an id of the form that the services of the query protocol give their requests.
func newUUID() string {
	var b [16]byte
	for i := 0; i < len(b); i += 8 {
		bits := rand.Uint64()
		for j := range 8 {
			b[i+j] = byte(bits >> (8 * j))
		}
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // version 4, random
	var id [36]byte
	at := 0
	for _, group := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if at > 0 {
			id[at] = '-'
			at++
		}
		at += hex.Encode(id[at:], group)
	}
	return string(id[:])
}
