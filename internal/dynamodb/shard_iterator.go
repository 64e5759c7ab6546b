package dynamodb

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// A shard iterator is the ARN of its stream, the number 1, and a place in the stream with the time when it was made, under
// a seal that only the stream's secret can make. Who shows one needs the permission to read the stream that it names: what
// the seal keeps is that it is of that stream, and as old as it is.

// iteratorLifetime is how long an iterator can be used (API reference, GetShardIterator).
const iteratorLifetime = 15 * time.Minute

const (
	iteratorMark  = "|1|"
	iteratorPlace = 8 + 2 + 4 + 8 + 8 // a version, the lane, the generation, the sequence, milliseconds since 1970
	iteratorSeal  = 32
)

// iterator is a place in a stream.
type iterator struct {
	resource
	place []byte
	seal  []byte
}

func newIterator(arn string, d *table.StreamDefinition, p table.StreamPosition, now time.Time) string {
	b := binary.BigEndian.AppendUint64(nil, 1)
	b = binary.BigEndian.AppendUint16(b, uint16(p.Lane))
	b = binary.BigEndian.AppendUint32(b, p.Generation)
	b = binary.BigEndian.AppendUint64(b, p.Sequence)
	b = binary.BigEndian.AppendUint64(b, uint64(now.UnixMilli()))
	b = append(b, seal(arn, d, b)...)
	return arn + iteratorMark + base64.StdEncoding.EncodeToString(b)
}

func seal(arn string, d *table.StreamDefinition, place []byte) []byte {
	h := hmac.New(sha256.New, d.Secret)
	h.Write(place)
	h.Write([]byte(arn))
	return h.Sum(nil)
}

// parseIterator reads an iterator as far as that goes without its stream.
func parseIterator(req *awsapi.Request, text string) (*iterator, error) {
	arn, rest, ok := strings.Cut(text, iteratorMark)
	if !ok {
		return nil, errShardIterator
	}
	b, err := base64.StdEncoding.Strict().DecodeString(rest)
	if err != nil || len(b) != iteratorPlace+iteratorSeal || binary.BigEndian.Uint64(b) != 1 {
		return nil, errShardIterator
	}
	r, err := parseStreamARN(req, arn)
	if err != nil {
		return nil, errShardIterator
	}
	return &iterator{r, b[:iteratorPlace], b[iteratorPlace:]}, nil
}

// position is where the iterator is, if it is one of the stream, and not too old.
func (i *iterator) position(d *table.StreamDefinition, now time.Time) (p table.StreamPosition, err error) {
	if !hmac.Equal(i.seal, seal(i.arn, d, i.place)) {
		return p, errShardIterator
	}
	made := time.UnixMilli(int64(binary.BigEndian.Uint64(i.place[22:])))
	if now.Sub(made) > iteratorLifetime {
		return p, errExpired
	}
	return table.StreamPosition{Lane: int(binary.BigEndian.Uint16(i.place[8:])), Generation: binary.BigEndian.Uint32(i.place[10:]),
		Sequence: binary.BigEndian.Uint64(i.place[14:])}, nil
}
