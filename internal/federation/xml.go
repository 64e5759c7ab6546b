package federation

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Namespaces of the SAML 2.0 core and metadata specifications and of XML Signature.
const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
)

// maxDepth is how deep elements may be nested. Real documents stay under 20.
const maxDepth = 64

// parseXML reads a document, strictly: UTF-8, one root, no document type (hence no entities of its own), no
// instructions, no attribute twice.
func parseXML(doc []byte) (*etree.Element, error) {
	if err := checkXML(doc); err != nil {
		return nil, err
	}
	tree := etree.NewDocument()
	tree.ReadSettings.MaxDepth = maxDepth
	if err := tree.ReadFromBytes(doc); err != nil {
		return nil, err
	}
	return tree.Root(), nil
}

func checkXML(doc []byte) error {
	d := xml.NewDecoder(bytes.NewReader(doc))
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			if roots != 1 {
				return fmt.Errorf("%d root elements", roots)
			}
			return nil
		} else if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.Directive:
			return errors.New("a document type is not accepted")
		case xml.ProcInst:
			if t.Target != "xml" || roots > 0 {
				return errors.New("an instruction is not accepted")
			}
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(t)) > 0 {
				return errors.New("text outside of the root element")
			}
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			if depth++; depth > maxDepth {
				return fmt.Errorf("elements are nested more than %d deep", maxDepth)
			}
			seen := make(map[xml.Name]bool, len(t.Attr))
			for _, a := range t.Attr {
				if seen[a.Name] {
					return fmt.Errorf("an element has the attribute %s twice", a.Name.Local)
				}
				seen[a.Name] = true
			}
		}
	}
}

func is(el *etree.Element, namespace, name string) bool {
	return el != nil && el.Tag == name && el.NamespaceURI() == namespace
}

// children are the elements of that name directly in el, which may be nil. Deeper ones are never looked for: what an
// element means depends on where it is.
func children(el *etree.Element, namespace, name string) []*etree.Element {
	if el == nil {
		return nil
	}
	var found []*etree.Element
	for _, c := range el.ChildElements() {
		if is(c, namespace, name) {
			found = append(found, c)
		}
	}
	return found
}

// child is the only element of that name in el, or nil if there is none or more than one.
func child(el *etree.Element, namespace, name string) *etree.Element {
	if found := children(el, namespace, name); len(found) == 1 {
		return found[0]
	}
	return nil
}

// text is all text in el, which may be nil, without the space around it. A comment does not end it: a reader that stops there takes
// "admin<!---->istrator" for "admin", under a signature that covers both.
func text(el *etree.Element) string {
	if el == nil {
		return ""
	}
	var b strings.Builder
	var add func(*etree.Element)
	add = func(el *etree.Element) {
		for _, c := range el.Child {
			switch c := c.(type) {
			case *etree.CharData:
				b.WriteString(c.Data)
			case *etree.Element:
				add(c)
			}
		}
	}
	add(el)
	return strings.TrimSpace(b.String())
}

// timeOf is the time in an attribute of el, zero if there is no such attribute. SAML's times are in UTC (SAML 2.0 Core,
// section 1.3.3); some documents leave out the Z.
func timeOf(el *etree.Element, attr string) (time.Time, error) {
	value := strings.TrimSpace(el.SelectAttrValue(attr, ""))
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", value)
	}
	return t, err
}
