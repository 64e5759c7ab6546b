package awsapi

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func TestViolations(t *testing.T) {
	name := Regexp(`[\w+=,.@-]+`)
	tag := Regexp(`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`)
	for _, c := range []struct {
		check func(v *Violations)
		want  string
	}{
		{func(*Violations) {}, ""},
		{func(v *Violations) {
			v.Required("userName", true)
			v.Length("userName", aws.String("bob"), 1, 64)
			v.Length("path", nil, 1, 512)
			v.Pattern("userName", aws.String("bob"), name)
			v.Pattern("path", nil, name)
			v.Enum("status", aws.String("Active"), []string{"Active", "Inactive"})
			v.Enum("status", Choice(types.StatusType("")), []string{"Active", "Inactive"})
			v.AtLeast("maxItems", aws.Int64(1), 1)
			v.AtMost("maxItems", Wide(nil), 1)
			v.Count("tags", "[]", 0, 0, 50)
		}, ""},
		{func(v *Violations) { v.Required("userName", false) },
			"1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null"},
		{func(v *Violations) { v.Length("roleName", aws.String(strings.Repeat("ü", 65)), 1, 64) },
			"1 validation error detected: Value '" + strings.Repeat("ü", 65) + "' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		{func(v *Violations) { v.Length("roleName", aws.String(strings.Repeat("ü", 64)), 1, 64) }, ""},
		{func(v *Violations) {
			v.Length("userName", aws.String(""), 1, 64)
			v.Pattern("userName", aws.String(""), name)
		}, "2 validation errors detected: Value '' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
			`Value '' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+`},
		{func(v *Violations) { v.Pattern("tags.6.member.value", aws.String("SourceIP, UserAgent"), tag) },
			`1 validation error detected: Value 'SourceIP, UserAgent' at 'tags.6.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`},
		{func(v *Violations) { v.Enum("status", Choice(types.StatusType("On")), []string{"Active", "Inactive"}) },
			"1 validation error detected: Value 'On' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]"},
		{func(v *Violations) {
			v.AtLeast("durationSeconds", Wide(aws.Int32(1)), 900)
			v.AtMost("durationSeconds", aws.Int64(43201), 43200)
		}, "2 validation errors detected: Value '1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900; " +
			"Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200"},
		{func(v *Violations) { v.Count("keySchema", "[]", 0, 1, 2) },
			"1 validation error detected: Value '[]' at 'keySchema' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{func(v *Violations) {
			v.HideValues = true
			v.Length("password", aws.String(""), 1, 128)
			v.Required("password", false)
			v.HideValues = false
			v.Add("'{a}'", "tags", "Map keys must satisfy constraint: []")
		}, "3 validation errors detected: Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
			"Value null at 'password' failed to satisfy constraint: Member must not be null; Value '{a}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: []"},
		{func(v *Violations) {
			for range 11 {
				v.Required("x", false)
			}
		}, "10 validation errors detected: " + strings.TrimSuffix(strings.Repeat("Value null at 'x' failed to satisfy constraint: Member must not be null; ", 10), "; ")},
	} {
		var v Violations
		c.check(&v)
		for _, code := range []string{ValidationError, ValidationException} {
			err := v.Err(code)
			if c.want == "" {
				if err != nil {
					t.Errorf("got %v", err)
				}
				continue
			}
			var e *Error
			if !errors.As(err, &e) || e.Code != code || e.Status != 400 || e.Message != c.want {
				t.Errorf("got %v\nwant %s: %s", err, code, c.want)
			}
		}
	}
}

// TestRegexp has patterns of AWS's models.
func TestRegexp(t *testing.T) {
	for _, c := range []struct {
		pattern, good, bad string
	}{
		{`[\w+=,.@-]+`, "a+=,.@-_Z9", "a/b"},
		{`[\w+=,.@-]+`, "a", "a\n"},
		{`[:\w]+`, "a:b", "a.b"},
		{`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, "/", "/a"},
		{`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, "/a/b/", "//"},
		{`[\u0009\u000A\u000D\u0020-\u00FF]+`, "{\t\"ü\"\r\n}", "€"},
		{`[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`, "aé中", "\x00"},
		{`\d{12}`, "123456789012", "1234567890123"},
		{`[\d]*`, "", "x"},
		{`^o-[a-z0-9]{10,32}$`, "o-0123456789", "ao-0123456789"},
		{`v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`, "v12", "v0"},
		{`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, "é 中1_.:/=+-@", "a*"},
	} {
		p := Regexp(c.pattern)
		if p.Text != c.pattern || !p.Match(c.good) || p.Match(c.bad) {
			t.Errorf("%s: %q %v, %q %v", p.Text, c.good, p.Match(c.good), c.bad, p.Match(c.bad))
		}
	}
}
