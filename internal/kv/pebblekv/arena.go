package pebblekv

// arena is memory for many small copies that are all given up at once. The zero value is ready.
type arena struct {
	chunk []byte
}

const (
	firstChunk = 4 << 10
	// keptChunk is the largest chunk that is kept for the next use, so that one large transaction does not make
	// the process large for ever.
	keptChunk = 64 << 10
)

// copy returns a copy of b that is valid until reset, never nil, and can't be appended to in place.
func (a *arena) copy(b []byte) []byte {
	if len(b) == 0 {
		return []byte{}
	}
	if len(b) > cap(a.chunk)-len(a.chunk) {
		if len(b) > keptChunk/4 {
			return append([]byte(nil), b...) // would waste what is left of the chunk
		}
		// The full chunk stays alive as long as copies in it are in use.
		a.chunk = make([]byte, 0, max(firstChunk, min(2*cap(a.chunk), keptChunk), len(b)))
	}
	start := len(a.chunk)
	a.chunk = append(a.chunk, b...)
	return a.chunk[start:len(a.chunk):len(a.chunk)]
}

func (a *arena) reset() {
	a.chunk = a.chunk[:0]
}
