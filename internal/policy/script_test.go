package policy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// The scripts in testdata are AWS's documentation, run. Their commands:
//
//	identity|boundary|session|resource|trust NAME: compile a policy and add it to those that decide
//	reset: forget all policies and who asks
//	who: who asks, as lines "field value"
//	ask: requests, one a line "action resource key=value|value...", and the decision on each
//	explain: the same with all that speaks for and against
//	condition: a Condition element, then requests, one a line "key=value|value..."; whether it holds for each
//	resources: lines "pattern arn"; whether they match
//	validate identity|resource|trust: documents, one a line
//	keys NAME: the condition keys of a document
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		s := new(script)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			out, err := s.run(d)
			if err != nil {
				return "error: " + err.Error() + "\n"
			}
			return out
		})
	})
}

type script struct {
	policies Policies
	who      Principal
}

func (s *script) run(d *datadriven.TestData) (string, error) {
	name := ""
	if len(d.CmdArgs) > 0 {
		name = d.CmdArgs[0].Key
	}
	switch d.Cmd {
	case "reset":
		*s = script{}
		return "", nil
	case "identity", "boundary", "session", "resource", "trust":
		return "ok\n", s.add(d.Cmd, name, d.Input)
	case "who":
		return "ok\n", s.setWho(d.Input)
	case "ask":
		return eachLine(d.Input, s.ask)
	case "explain":
		return eachLine(d.Input, s.explain)
	case "condition":
		element, requests, _ := strings.Cut(d.Input, "\n")
		return eachLine(requests, func(line string) (string, error) { return s.condition(element, line) })
	case "resources":
		return eachLine(d.Input, s.resources)
	case "validate":
		return eachLine(d.Input, func(line string) (string, error) { return validate(name, line) })
	case "keys":
		p, err := Parse("p", []byte(d.Input))
		if err != nil {
			return "", err
		}
		return strings.Join(ContextKeys(p, p), "\n") + "\n", nil
	}
	return "", fmt.Errorf("unknown command %q", d.Cmd)
}

func eachLine(input string, f func(line string) (string, error)) (string, error) {
	var out strings.Builder
	for line := range strings.Lines(input) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		answer, err := f(line)
		if err != nil {
			return "", fmt.Errorf("%s: %w", line, err)
		}
		fmt.Fprintln(&out, answer)
	}
	return out.String(), nil
}

func kindOf(name string) Kind {
	switch name {
	case "resource":
		return Resource
	case "trust":
		return Trust
	}
	return Identity
}

func (s *script) add(what, name, document string) error {
	p, err := Compile(kindOf(what), name, []byte(document))
	switch what {
	case "identity":
		s.policies.Identity = append(s.policies.Identity, p)
	case "boundary":
		s.policies.Boundary = p
	case "session":
		s.policies.Session = append(s.policies.Session, p)
	default:
		s.policies.Resource = p
	}
	return err
}

func (s *script) setWho(input string) error {
	s.who = Principal{}
	for line := range strings.Lines(input) {
		field, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch field {
		case "type":
			types := map[string]PrincipalType{
				"root": Root, "user": User, "role-session": RoleSession, "federated-user": FederatedUser,
				"web-or-saml": WebOrSAML, "service": Service, "anonymous": Anonymous,
			}
			s.who.Type = types[value]
		case "arn":
			s.who.ARN = value
			a, _ := splitARN(value)
			s.who.Account = a.account()
		case "id":
			s.who.ID = value
		case "name":
			s.who.Name = value
		case "entity":
			s.who.Entity = value
		case "entity-id":
			s.who.EntityID = value
		case "provider":
			s.who.Provider = value
		case "tag":
			key, value, _ := strings.Cut(value, "=")
			s.who.Tags = append(s.who.Tags, Tag{key, value})
		default:
			return fmt.Errorf("no field %q", field)
		}
	}
	return nil
}

// parseContext reads key=value|value... A key alone has no values, which is not the same as an empty one.
func parseContext(words []string) MapContext {
	c := MapContext{}
	for _, w := range words {
		key, value, ok := strings.Cut(w, "=")
		key = strings.ToLower(key)
		if c[key] = []string{}; ok {
			c[key] = strings.Split(value, "|")
		}
	}
	return c
}

func (s *script) request(line string) (*Request, error) {
	words := strings.Fields(line)
	if len(words) < 2 {
		return nil, errors.New("not an action and a resource")
	}
	return &Request{Need: Need{Action: words[0], Resource: words[1]}, Principal: s.who, Context: parseContext(words[2:])}, nil
}

func describe(d Decision) string {
	if d.Number == 0 {
		return d.Reason
	}
	statement := d.Statement
	if statement == "" {
		statement = fmt.Sprint("statement ", d.Number)
	}
	return fmt.Sprintf("%s: %s, %s", d.Reason, d.Policy, statement)
}

func (s *script) ask(line string) (string, error) {
	r, err := s.request(line)
	if err != nil {
		return "", err
	}
	return describe(Decide(r, &s.policies)), nil
}

func (s *script) explain(line string) (string, error) {
	r, err := s.request(line)
	if err != nil {
		return "", err
	}
	x := Explain(r, &s.policies)
	var out strings.Builder
	fmt.Fprintln(&out, describe(x.Decision))
	if !x.Allowed {
		fmt.Fprintln(&out, " ", x.Message(s.who.ARN, r.Action, r.Resource))
	}
	for _, m := range x.Matches {
		effect := "allow"
		if m.Deny {
			effect = "deny"
		}
		fmt.Fprintf(&out, "  %s by %s %s, statement %d %s\n", effect, m.Type, m.Policy, m.Number, m.Sid)
	}
	opinions := []string{"silent", "allows", "denies"}
	fmt.Fprintf(&out, "  identity %s, boundary %s, session %s, resource %s, cross-account %t, missing %v",
		opinions[x.Identity], opinions[x.Boundary], opinions[x.Session], opinions[x.Resource], x.CrossAccount, x.MissingKeys)
	return out.String(), nil
}

// condition says whether a Condition holds. One that fails holds in a statement that denies alone.
func (s *script) condition(element, line string) (string, error) {
	var holds [2]bool
	for i, effect := range []string{"Allow", "Deny"} {
		p, err := Parse("p", []byte(`{"Version":"2012-10-17","Statement":{"Effect":"`+effect+`","Action":"*","Resource":"*","Condition":`+element+`}}`))
		if err != nil {
			return "", err
		}
		words := strings.Fields(line)
		if line == "-" { // a request without any keys
			words = nil
		}
		d := Decide(&Request{Need: Need{Action: "a:b", Resource: "*"}, Principal: s.who, Context: parseContext(words)},
			&Policies{Identity: []*Policy{p}})
		holds[i] = d.Number != 0
	}
	switch {
	case holds[0] && holds[1]:
		return "yes", nil
	case holds[1]:
		return "fails", nil
	case holds[0]:
		return "", errors.New("it allows and does not deny")
	}
	return "no", nil
}

func (s *script) resources(line string) (string, error) {
	at := strings.LastIndexByte(line, ' ')
	pattern, arn := line[:at], line[at+1:]
	p, err := Parse("p", []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"`+pattern+`"}}`))
	if err != nil {
		return "", err
	}
	d := Decide(&Request{Need: Need{Action: "a:b", Resource: arn}, Principal: s.who}, &Policies{Identity: []*Policy{p}})
	return fmt.Sprint(d.Allowed), nil
}

func validate(kind, document string) (string, error) {
	err := Validate(kindOf(kind), []byte(document))
	_, compiles := Compile(kindOf(kind), "p", []byte(document))
	if err == nil && compiles != nil {
		return "", fmt.Errorf("valid, but does not compile: %w", compiles)
	}
	if err != nil {
		return err.Error(), nil
	}
	return "ok", nil
}
