package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxDocument is the largest document that Parse takes. AWS's limits, all smaller, are the business of who
// stores policies.
const MaxDocument = 64 << 10

// Parse compiles a document under a name. The error says what is wrong with it, for the person who wrote it.
func Parse(name string, document []byte) (*Policy, error) {
	if len(document) > MaxDocument {
		return nil, errors.New("the policy is too long")
	}
	var doc struct {
		Version   *string
		ID        json.RawMessage `json:"Id"`
		Statement json.RawMessage
	}
	if err := strict(document, &doc); err != nil {
		return nil, fmt.Errorf("not a policy document: %w", err)
	}
	if v := doc.Version; v != nil && *v != "2012-10-17" && *v != "2008-10-17" {
		return nil, fmt.Errorf("unknown Version %q", *v)
	}
	list, err := oneOrMany[map[string]json.RawMessage](doc.Statement)
	if err != nil || len(list) == 0 {
		return nil, errors.New("the element Statement must be a statement or a list of them")
	}
	p := &Policy{name: name, statements: make([]statement, 0, len(list))}
	for i, elements := range list {
		s, err := parseStatement(elements)
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}

func parseStatement(elements map[string]json.RawMessage) (statement, error) {
	var s statement
	var hasActions, hasResources bool
	for name, raw := range elements {
		var err error
		switch name {
		case "Sid":
			err = json.Unmarshal(raw, &s.sid)
		case "Effect":
			err = s.parseEffect(raw)
		case "Action", "NotAction":
			if hasActions {
				return s, errors.New("both Action and NotAction")
			}
			hasActions, s.notActions = true, name == "NotAction"
			err = s.parseActions(raw)
		case "Resource", "NotResource":
			if hasResources {
				return s, errors.New("both Resource and NotResource")
			}
			hasResources, s.notResources = true, name == "NotResource"
			err = s.parseResources(raw)
		default: // Condition, and whatever else may narrow or widen it
			s.opaque = true
		}
		if err != nil {
			return s, fmt.Errorf("%s: %w", name, err)
		}
	}
	switch {
	case elements["Effect"] == nil:
		return s, errors.New("no Effect")
	case !hasActions:
		return s, errors.New("no Action")
	case !hasResources:
		return s, errors.New("no Resource")
	}
	return s, nil
}

func (s *statement) parseEffect(raw json.RawMessage) error {
	var effect string
	if err := json.Unmarshal(raw, &effect); err != nil {
		return err
	}
	if effect != "Allow" && effect != "Deny" {
		return fmt.Errorf("%q is neither Allow nor Deny", effect)
	}
	s.deny = effect == "Deny"
	return nil
}

func (s *statement) parseActions(raw json.RawMessage) error {
	list, err := oneOrMany[string](raw)
	if err != nil || len(list) == 0 {
		return errors.New("must be an action or a list of them")
	}
	for _, a := range list {
		if a != "*" && !strings.Contains(a, ":") {
			return fmt.Errorf("%q has no service", a)
		}
		s.actions = append(s.actions, strings.ToLower(a))
	}
	return nil
}

func (s *statement) parseResources(raw json.RawMessage) error {
	list, err := oneOrMany[string](raw)
	if err != nil || len(list) == 0 {
		return errors.New("must be a resource or a list of them")
	}
	for _, pattern := range list {
		if pattern != "*" && !strings.HasPrefix(pattern, "arn:") {
			return fmt.Errorf("%q is neither an ARN nor *", pattern)
		}
		r, understood := newResource(pattern)
		if !understood {
			s.opaque = true
			if s.notResources {
				// Everything but something unknown. A deny must rather deny too much.
				continue
			}
		}
		s.resources = append(s.resources, r)
	}
	return nil
}

// oneOrMany reads a T or a list of T: the grammar of policies lets a list of one be written without brackets.
func oneOrMany[T any](raw json.RawMessage) ([]T, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, errors.New("missing")
	}
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte{'['}) {
		var list []T
		err := json.Unmarshal(raw, &list)
		return list, err
	}
	list := make([]T, 1)
	err := json.Unmarshal(raw, &list[0])
	return list, err
}

// strict reads one JSON value with no unknown members and nothing after it.
func strict(data []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}
