package awsapi

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

func TestParseForm(t *testing.T) {
	f, err := ParseForm("Action=GetUser&Version=2010-05-08&X-Amz-Signature=0&&Empty", []byte("Action=Other&UserName=J%C3%BCrgen+%26+%F0%9F%9A%80%2b"))
	if err != nil {
		t.Fatal(err)
	}
	if f.Action() != "GetUser" || f.Version() != "2010-05-08" {
		t.Errorf("action %q, version %q: the first value must count", f.Action(), f.Version())
	}
	if v, ok := f.Value("UserName"); !ok || v != "Jürgen & 🚀+" {
		t.Errorf("UserName is %q, %v", v, ok)
	}
	if v, ok := f.Value("Empty"); !ok || v != "" {
		t.Errorf("Empty is %q, %v", v, ok)
	}
	if _, ok := f.Value("User"); ok {
		t.Error("User is there")
	}
	if e := f.InvalidAction(); e.Code != "InvalidAction" || e.Message != "Could not find operation GetUser for version 2010-05-08" {
		t.Errorf("got %v", e)
	}
	empty, err := ParseForm("", nil)
	if err != nil || empty.Action() != "" || empty.Version() != "" {
		t.Errorf("of nothing: %v, %v", empty, err)
	}
}

func TestMalformedForms(t *testing.T) {
	many := make([]string, maxParameters+1)
	for i := range many {
		many[i] = "p" + strconv.Itoa(i) + "="
	}
	for name, body := range map[string]string{
		"escape":        "UserName=%zz",
		"half escape":   "UserName=%4",
		"UTF-8 value":   "UserName=%ff",
		"UTF-8 name":    "%ff=x",
		"raw bytes":     "UserName=\xc3",
		"too many":      strings.Join(many, "&"),
		"too many same": strings.Repeat("a&", maxParameters+1),
		"name too long": strings.Repeat("a.", maxNameLength) + "=",
	} {
		for _, inQuery := range []bool{false, true} {
			query, b := "", []byte(body)
			if inQuery {
				query, b = body, nil
			}
			_, err := ParseForm(query, b)
			var e *Error
			if !errors.As(err, &e) || e.Code != "MalformedQueryString" || e.Status != 404 {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := ParseForm("", []byte(strings.Join(many[1:], "&"))); err != nil {
		t.Errorf("the largest form: %v", err)
	}
}
