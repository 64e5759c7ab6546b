package server

import "math/rand/v2"

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
