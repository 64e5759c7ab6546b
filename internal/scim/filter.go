package scim

import (
	"encoding/json"
	"strconv"
	"strings"
)

func statusText(status int) string { return strconv.Itoa(status) }

// equals is a condition of a filter: an attribute has a value. Those of IAM Identity Center know nothing but eq and and
// ("Limitations from SCIM specification").
type equals struct {
	attribute string // in small letters, without its schema
	value     string
}

// maxConditions bounds a filter.
const maxConditions = 10

// parseFilter reads a filter of conditions that are joined by and.
func parseFilter(text string) (all []equals, err error) {
	rest := strings.TrimSpace(text)
	for {
		var one equals
		if one, rest, err = parseEquals(rest); err != nil {
			return nil, err
		}
		if all = append(all, one); len(all) > maxConditions {
			return nil, badFilter("The filter has too many conditions.")
		}
		if rest = strings.TrimSpace(rest); rest == "" {
			return all, nil
		}
		word, after, _ := strings.Cut(rest, " ")
		if !strings.EqualFold(word, "and") {
			return nil, badFilter("Only eq and and are supported in filters.")
		}
		rest = strings.TrimSpace(after)
	}
}

// parseEquals reads one condition at the beginning of a text.
func parseEquals(text string) (one equals, rest string, err error) {
	name, text, ok := strings.Cut(text, " ")
	op, text, ok2 := strings.Cut(strings.TrimLeft(text, " "), " ")
	if !ok || !ok2 || name == "" || strings.ContainsAny(name, `[]()"`) {
		return one, "", badFilter("The filter can't be read.")
	}
	if !strings.EqualFold(op, "eq") {
		return one, "", badFilter("Only eq and and are supported in filters.")
	}
	value, rest, err := cutValue(strings.TrimLeft(text, " "))
	return equals{attributeName(name), value}, rest, err
}

// cutValue reads a value in JSON at the beginning of a text: a string, or a word such as true.
func cutValue(text string) (value, rest string, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	var v any
	if text == "" || d.Decode(&v) != nil {
		return "", "", badFilter("The filter can't be read.")
	}
	rest = text[d.InputOffset():]
	switch v := v.(type) {
	case string:
		return v, rest, nil
	case bool:
		return strconv.FormatBool(v), rest, nil
	}
	return "", "", badFilter("The value of a filter is a string or a truth value.")
}

// The schemas of attributes. Names may have them in front.
const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

// attributeName is a name in small letters and without its schema. Those of the enterprise extension keep a short one.
func attributeName(name string) string {
	name = strings.ToLower(name)
	for _, schema := range []string{userSchema, groupSchema} {
		if rest, ok := strings.CutPrefix(name, strings.ToLower(schema)+":"); ok {
			return rest
		}
	}
	enterprise := strings.ToLower(enterpriseSchema)
	if name == enterprise {
		return "enterprise"
	}
	if rest, ok := strings.CutPrefix(name, enterprise+":"); ok {
		return "enterprise." + rest
	}
	if rest, ok := strings.CutPrefix(name, enterprise+"."); ok {
		return "enterprise." + rest
	}
	return name
}

// path says which attribute an operation of PATCH is on: name, name.sub, name[which], or name[which].sub (RFC 7644, section 3.5.2).
type path struct {
	name, sub string
	which     *equals
}

// parsePath reads a path.
func parsePath(text string) (p path, err error) {
	text = strings.TrimSpace(text)
	open := strings.IndexByte(text, '[')
	if open < 0 {
		p.name, p.sub, _ = strings.Cut(attributeName(text), ".")
		if p.name == "" || strings.ContainsAny(text, " \"()]") {
			return p, badPath("The path can't be read.")
		}
		return p, nil
	}
	p.name = attributeName(text[:open])
	which, rest, err := parseEquals(strings.TrimSpace(text[open+1:]))
	if err != nil {
		return p, badPath("The path can't be read: only eq is supported in filters.")
	}
	p.which = &which
	rest, ok := strings.CutPrefix(strings.TrimSpace(rest), "]")
	if sub, has := strings.CutPrefix(rest, "."); has {
		p.sub, rest = strings.ToLower(sub), ""
	}
	if !ok || rest != "" || p.name == "" || strings.ContainsAny(p.sub, ". []\"") {
		return p, badPath("The path can't be read.")
	}
	return p, nil
}
