package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// SyntaxError says that a document can't be read.
type SyntaxError struct {
	// JSON says that it is no JSON object at all, as opposed to one that is no policy.
	JSON   bool
	reason string
}

func (e *SyntaxError) Error() string { return "not a policy document: " + e.reason }

func syntaxError(format string, args ...any) error {
	return &SyntaxError{reason: fmt.Sprintf(format, args...)}
}

// ReadDocument reads a document. It refuses elements that the language does not have, and those that are there twice,
// but takes one that lacks some; the error is a *SyntaxError.
func ReadDocument(data []byte) (*Document, error) {
	if len(data) > MaxDocument {
		return nil, syntaxError("it is longer than %d bytes", MaxDocument)
	}
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); !json.Valid(data) || trimmed[0] != '{' {
		return nil, &SyntaxError{JSON: true, reason: "it is not a JSON object"}
	}
	r := reader{json.NewDecoder(bytes.NewReader(data))}
	r.UseNumber()
	d := new(Document)
	return d, r.object("the document", r.token(), func(name string) (err error) {
		switch name {
		case "Version":
			d.Version, err = r.text(name)
			if err == nil && d.Version == "" {
				err = syntaxError("Version is empty")
			}
		case "Id":
			d.ID, err = r.text(name)
		case "Statement":
			d.Statements = []Statement{}
			err = r.list(func(t json.Token) error {
				s := Statement{Start: int(r.InputOffset()) - 1}
				if err := r.statement(&s, t); err != nil {
					return err
				}
				s.End = int(r.InputOffset())
				d.Statements = append(d.Statements, s)
				return nil
			})
		default:
			err = syntaxError("there is no element %q", name)
		}
		return err
	})
}

// reader reads the tokens of a document that is known to be JSON.
type reader struct{ *json.Decoder }

func (r reader) token() json.Token {
	t, err := r.Token()
	if err != nil {
		return nil // like a null, which nothing takes
	}
	return t
}

// object reads the members of the object that t begins. Their values are for member to read.
func (r reader) object(what string, t json.Token, member func(name string) error) error {
	if t != json.Delim('{') {
		return syntaxError("%s is not an object", what)
	}
	seen := map[string]bool{}
	for {
		name, ok := r.token().(string)
		if !ok {
			return nil // the end
		}
		if seen[name] {
			return syntaxError("%s has %q twice", what, name)
		}
		seen[name] = true
		if err := member(name); err != nil {
			return err
		}
	}
}

// list reads a value or a list of values. Each is for one to read, whose first token it gets.
func (r reader) list(one func(t json.Token) error) error {
	t := r.token()
	if t != json.Delim('[') {
		return one(t)
	}
	for r.More() {
		if err := one(r.token()); err != nil {
			return err
		}
	}
	r.token()
	return nil
}

func (r reader) text(what string) (string, error) {
	s, ok := r.token().(string)
	if !ok {
		return "", syntaxError("%s is not a string", what)
	}
	return s, nil
}

func (r reader) texts(what string, to *[]string) error {
	*to = []string{}
	return r.list(func(t json.Token) error {
		s, ok := t.(string)
		if !ok {
			return syntaxError("%s is neither a string nor a list of them", what)
		}
		*to = append(*to, s)
		return nil
	})
}

func (r reader) statement(s *Statement, t json.Token) error {
	return r.object("a statement", t, func(name string) (err error) {
		switch name {
		case "Sid":
			s.Sid, err = r.text(name)
		case "Effect":
			s.Effect, err = r.text(name)
		case "Principal":
			s.Principal, err = r.principals(name)
		case "NotPrincipal":
			s.NotPrincipal, err = r.principals(name)
		case "Action":
			err = r.texts(name, &s.Action)
		case "NotAction":
			err = r.texts(name, &s.NotAction)
		case "Resource":
			err = r.texts(name, &s.Resource)
		case "NotResource":
			err = r.texts(name, &s.NotResource)
		case "Condition":
			err = r.object(name, r.token(), func(operator string) error {
				return r.conditions(s, operator)
			})
		default:
			err = syntaxError("a statement has no element %q", name)
		}
		return err
	})
}

func (r reader) principals(what string) (*Principals, error) {
	t := r.token()
	if t == "*" {
		return &Principals{Any: true}, nil
	}
	ps := new(Principals)
	return ps, r.object(what, t, func(typ string) error {
		var values []string
		if err := r.texts(typ, &values); err != nil {
			return err
		}
		for _, v := range values {
			ps.Members = append(ps.Members, PrincipalMember{typ, v})
		}
		return nil
	})
}

// conditions reads what is under an operator. Numbers and booleans are taken for the strings that they are written as.
func (r reader) conditions(s *Statement, operator string) error {
	return r.object(operator, r.token(), func(key string) error {
		c := Condition{Operator: operator, Key: key, Values: []string{}}
		err := r.list(func(t json.Token) error {
			switch v := t.(type) {
			case string:
				c.Values = append(c.Values, v)
			case json.Number:
				c.Values = append(c.Values, v.String())
			case bool:
				c.Values = append(c.Values, fmt.Sprint(v))
			default:
				return syntaxError("a value of %s is not a string", key)
			}
			return nil
		})
		s.Conditions = append(s.Conditions, c)
		return err
	})
}
