package audit

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hidden stands where a secret was, as in CloudTrail.
const Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

const (
	// maxMembers is the most bytes of the members of a request or an answer. It is CloudTrail's limit of requestParameters
	// and responseElements. What is larger is left out whole.
	maxMembers = 100 << 10
	// maxBody is the most bytes of JSON that are read to find the members: secrets and white space do not count as
	// members, but take time.
	maxBody = 1 << 20
)

// Redacted is the members of a request or of an answer, without its secrets. The zero value is none.
type Redacted struct {
	text    json.RawMessage
	omitted int // bytes that were too many, 0 if they were not
}

// FromJSON redacts the body of a request to, or of an answer of, an operation of a control plane. What is not JSON has no
// members.
func FromJSON(body []byte) Redacted {
	if len(body) > maxBody {
		return Redacted{omitted: len(body)}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // a number is logged as it was sent
	var v any
	if d.Decode(&v) != nil {
		return Redacted{}
	}
	return newRedacted(v)
}

// FromValue redacts an input or an output: a structure with exported fields, or maps and slices.
func FromValue(v any) Redacted {
	body, err := json.Marshal(v)
	if err != nil {
		return Redacted{} // a value that is no tree: nothing of it can be told from a secret
	}
	return FromJSON(body)
}

// FromResult is the one member of what a sign-in event answers: {"ConsoleLogin": "Success"}. Both are a program's words, and
// stay as they are.
func FromResult(event, result string) Redacted {
	text, err := encode(map[string]string{event: result})
	if err != nil {
		return Redacted{}
	}
	return Redacted{text: text}
}

// newRedacted redacts a tree of maps, slices, and what is neither.
func newRedacted(v any) Redacted {
	text, err := encode(redact("", v))
	switch {
	case err != nil:
		return Redacted{}
	case len(text) > maxMembers:
		return Redacted{omitted: len(text)}
	}
	return Redacted{text: text}
}

// field is what a member of the record is: null if there is nothing, and a note of what is left out.
func (r Redacted) field(name string) json.RawMessage {
	switch {
	case r.omitted > 0:
		note, _ := json.Marshal(struct { // it cannot fail
			Omitted bool   `json:"omitted"`
			Size    int    `json:"originalSize"`
			Reason  string `json:"reason"`
		}{true, r.omitted, name + " too large"})
		return note
	case r.text == nil:
		return json.RawMessage("null")
	}
	return r.text
}

// redact returns a copy of a member's value with names in lower camel case and without secrets. A member that is null is
// one that is not there, for all of AWS's protocols.
func redact(name string, v any) any {
	class := classify(name)
	if class == secret {
		return Hidden
	}
	switch v := v.(type) {
	case map[string]any:
		members := make(map[string]any, len(v))
		// In order: capitals come first, so that the real UserName is logged and not a userName that nobody asked for.
		for _, key := range slices.Sorted(maps.Keys(v)) {
			lower := lowerCamel(key)
			if _, ok := members[lower]; !ok && v[key] != nil && key != "ResultMetadata" { // of the SDK's outputs
				members[lower] = redact(key, v[key])
			}
		}
		return members
	case []any:
		elements := make([]any, len(v))
		for i := range v {
			elements[i] = redact(name, v[i])
		}
		return elements
	}
	if class == structure {
		return Hidden
	}
	return v
}

// lowerCamel is a name as CloudTrail writes it: userName, sAMLMetadataDocument.
func lowerCamel(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	if !unicode.IsUpper(r) {
		return name
	}
	return string(unicode.ToLower(r)) + name[n:]
}

// class is what may be logged of a member.
type class uint8

const (
	// plain: whatever it is.
	plain class = iota
	// structure: its members, each for itself, and nothing if it is a text.
	structure
	// secret: nothing.
	secret
)

// classify judges a member by its name alone, so that what no one thought of is hidden rather than logged.
func classify(name string) class {
	word := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
	switch word {
	case "credentials", "servicespecificcredential", "passwordpolicy":
		return structure
	case "passwordresetrequired", "passwordlastused", "minimumpasswordlength", "maxpasswordage",
		"passwordreuseprevention", "allowuserstochangepassword", "servicespecificcredentialid", "credentialagedays",
		"globalendpointtokenversion", "assertionencryptionmode":
		return plain
	case "code", "otp", "pin": // of OAuth and of MFA devices; too short to look for in other names
		return secret
	}
	for _, s := range []string{
		"password", "passphrase", "secret", "token", "credential", "privatekey", "sshprivate", "signature", "assertion",
		"authenticationcode", "authorizationcode", "verificationcode", "devicecode", "usercode", "mfacode",
		"codeverifier", "verificationuricomplete", "stringseed", "qrcode",
	} {
		if strings.Contains(word, s) {
			return secret
		}
	}
	return plain
}

// encode is JSON on one line, without the escapes that are for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
