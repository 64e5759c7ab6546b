package rolesanywhere

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cryptobyteasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/statordb/stator/internal/awsapi"
)

// attributeNames are the short names of the attributes of distinguished names (RFC 4519). An attribute that has none is named by
// its object identifier.
var attributeNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "SERIALNUMBER", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET",
	"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "T", "2.5.4.42": "GN", "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
}

// value is a value in a field of a certificate, under the specifier that names it: the second OU is OU/1.
type value struct{ specifier, text string }

// numbered gives the values of one name after the first their numbers.
func numbered(values []value) []value {
	seen := map[string]int{}
	for i, v := range values {
		if n := seen[v.specifier]; n > 0 {
			values[i].specifier += "/" + strconv.Itoa(n)
		}
		seen[v.specifier]++
	}
	return values
}

// attributesOf are the values in a distinguished name.
func attributesOf(n pkix.Name) (values []value) {
	for _, a := range n.Names {
		name := a.Type.String()
		if short, ok := attributeNames[name]; ok {
			name = short
		}
		values = append(values, value{name, fmt.Sprint(a.Value)})
	}
	return numbered(values)
}

// alternativeNames are the values in the Subject Alternative Name: of the types DNS, URI and directory name.
func alternativeNames(c *x509.Certificate) (values []value) {
	for _, name := range c.DNSNames {
		values = append(values, value{"DNS", name})
	}
	for _, uri := range c.URIs {
		values = append(values, value{"URI", uri.String()})
	}
	if names := directoryNames(c); len(names) > 0 { // the first one is mapped
		for _, v := range attributesOf(names[0]) {
			values = append(values, value{"Name/" + v.specifier, v.text})
		}
	}
	return numbered(values)
}

var subjectAlternativeName = asn1.ObjectIdentifier{2, 5, 29, 17}

// directoryNames are the names of that type in the Subject Alternative Name, which crypto/x509 passes over (RFC 5280, 4.2.1.6).
func directoryNames(c *x509.Certificate) (names []pkix.Name) {
	for _, extension := range c.Extensions {
		if !extension.Id.Equal(subjectAlternativeName) {
			continue
		}
		var list, item cryptobyte.String
		der := cryptobyte.String(extension.Value)
		if !der.ReadASN1(&list, cryptobyteasn1.SEQUENCE) {
			return nil
		}
		for !list.Empty() {
			var tag cryptobyteasn1.Tag
			if !list.ReadAnyASN1(&item, &tag) {
				return names
			}
			var rdns pkix.RDNSequence
			if tag != cryptobyteasn1.Tag(4).Constructed().ContextSpecific() {
				continue
			}
			if rest, err := asn1.Unmarshal(item, &rdns); err != nil || len(rest) > 0 {
				return names
			}
			var name pkix.Name
			name.FillFromRDNSequence(&rdns)
			names = append(names, name)
		}
	}
	return names
}

// tagsOf are the session tags of a certificate, by the rules of a profile. Unfit are the values that can't be tags, by their fields.
func tagsOf(c *x509.Certificate, mappings map[string][]string) (tags map[string]string, unfit map[string][]string) {
	tags, unfit = map[string]string{}, map[string][]string{}
	for field, values := range map[string][]value{issuerField: attributesOf(c.Issuer), sanField: alternativeNames(c), subjectField: attributesOf(c.Subject)} {
		for _, v := range values {
			if !mapped(mappings[field], v.specifier) {
				continue
			}
			key := field + "/" + v.specifier
			if utf8.RuneCountInString(v.text) > 256 || !tagValue.Match(v.text) {
				unfit[field] = append(unfit[field], v.specifier)
				continue
			}
			tags[key] = v.text
		}
	}
	return tags, unfit
}

// tagValue is what the value of a session tag may be (Tag, AWS Security Token Service API Reference).
var tagValue = awsapi.Regexp(`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`)

// mapped says whether one of the rules of a field names a value.
func mapped(rules []string, specifier string) bool {
	return slices.ContainsFunc(rules, func(rule string) bool {
		prefix, all := strings.CutSuffix(rule, "*")
		return rule == specifier || all && strings.HasPrefix(specifier, prefix)
	})
}

// unmapped is AWS's message for values that can't be tags.
func unmapped(unfit map[string][]string) string {
	list := func(field string) string { return "[ " + strings.Join(unfit[field], ", ") + " ]" }
	return "Some attributes failed to be mapped into session tags. Issuer: " + list(issuerField) + "; Subject: " + list(subjectField) + "; SAN: " + list(sanField)
}
