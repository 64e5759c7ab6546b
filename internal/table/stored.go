package table

import (
	"encoding/json"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
)

// descriptorFormat is the version of the JSON below. A newer program reads the older ones; an older program refuses a
// newer one, because it would lose what it does not know when it writes it back. 2 has resource policies, 3 Time To
// Live, 4 streams, 5 journals and tables that are restored.
const descriptorFormat = 5

type storedDescriptor struct {
	Format int         `json:"format"`
	Table  *Descriptor `json:"table"`
}

func encodeDescriptor(d *Descriptor) ([]byte, error) {
	return json.Marshal(storedDescriptor{descriptorFormat, d})
}

func decodeDescriptor(b []byte) (*Descriptor, error) {
	var s storedDescriptor
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("%w: table definition: %w", ErrCorrupt, err)
	}
	if s.Format < 1 || s.Format > descriptorFormat {
		return nil, fmt.Errorf("%w: table definition of format %d", ErrFormat, s.Format)
	}
	if s.Table == nil || s.Table.ID == 0 {
		return nil, fmt.Errorf("%w: table definition without a table", ErrCorrupt)
	}
	if err := s.Table.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return s.Table, nil
}

type storedKey struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// MarshalJSON writes the kind as DynamoDB names it.
func (k KeyAttribute) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedKey{k.Name, k.Kind.String()})
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (k *KeyAttribute) UnmarshalJSON(b []byte) error {
	var s storedKey
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	for _, kind := range []attribute.Kind{attribute.String, attribute.Number, attribute.Binary} {
		if kind.String() == s.Kind {
			*k = KeyAttribute{s.Name, kind}
			return nil
		}
	}
	return fmt.Errorf("attribute %q of kind %q in a key", s.Name, s.Kind)
}
