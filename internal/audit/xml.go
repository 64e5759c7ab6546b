package audit

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// FromXML redacts an answer of the query protocol: the members of its result. What is not XML has none.
func FromXML(answer []byte) Redacted {
	if len(answer) > maxBody {
		return Redacted{omitted: len(answer)}
	}
	d := xml.NewDecoder(bytes.NewReader(answer))
	for {
		token, err := d.Token()
		if err != nil {
			return Redacted{} // an answer without a result
		}
		if e, ok := token.(xml.StartElement); ok && strings.HasSuffix(e.Name.Local, "Result") {
			tree, err := element(d)
			if err != nil {
				return Redacted{}
			}
			return newRedacted(tree)
		}
	}
}

// element reads the rest of an element: its text, or its members, or, if they are all called member, a list.
func element(d *xml.Decoder) (any, error) {
	var text strings.Builder
	members := map[string]any{}
	var list []any
	for {
		token, err := d.Token()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			v, err := element(d)
			if err != nil {
				return nil, err
			}
			if e.Name.Local == "member" {
				list = append(list, v)
			} else {
				members[e.Name.Local] = v
			}
		case xml.CharData:
			text.Write(e)
		case xml.EndElement:
			switch {
			case list != nil:
				return list, nil
			case len(members) > 0:
				return members, nil
			}
			return strings.TrimSpace(text.String()), nil
		}
	}
}
