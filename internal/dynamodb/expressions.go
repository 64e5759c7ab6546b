package dynamodb

import (
	"slices"
	"strings"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
)

// placeholders are the ExpressionAttributeNames and ExpressionAttributeValues of a request.
type placeholders struct {
	expression.Placeholders
	invalid *attribute.Error
}

// param is a parameter that may be given or not.
type param struct {
	name  string
	given bool
}

func given(params []param) []string {
	var names []string
	for _, p := range params {
		if p.given {
			names = append(names, p.name)
		}
	}
	return names
}

// check refuses what AWS refuses of expression parameters before it looks into any: expressions are those that the
// operation takes, legacy the older parameters that say the same.
func (ph *placeholders) check(expressions, legacy []param) error {
	given, old := given(expressions), given(legacy)
	if len(given) > 0 && len(old) > 0 {
		return awsapi.Validation("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {" +
			strings.Join(old, ", ") + "} Expression parameters: {" + strings.Join(given, ", ") + "}")
	}
	if ph.Names != nil && len(given) == 0 {
		return awsapi.Validation("ExpressionAttributeNames can only be specified when using expressions")
	}
	if ph.Values != nil && !slices.ContainsFunc(expressions, func(p param) bool { return p.given && p.takesValues() }) {
		return awsapi.Validation("ExpressionAttributeValues can only be specified when using expressions: " + nullParams(expressions))
	}
	return nil
}

// takesValues says whether the parameter is an expression that values can be used in: a projection is not.
func (p param) takesValues() bool { return p.name != "ProjectionExpression" }

// nullParams names the parameters that could have used the values.
func nullParams(expressions []param) string {
	var names []string
	for _, p := range expressions {
		if p.takesValues() {
			names = append(names, p.name)
		}
	}
	if len(names) == 1 {
		return names[0] + " is null"
	}
	return strings.Join(names, " and ") + " are null"
}

// open checks the placeholders themselves, what they are called before what they stand for. It comes before the first
// expression is parsed.
func (ph *placeholders) open() error {
	if err := ph.CheckKeys(); err != nil {
		return expressionError(err)
	}
	if err := invalid(ph.invalid); err != nil {
		return err
	}
	if err := ph.CheckNames(); err != nil {
		return expressionError(err)
	}
	return expressionError(ph.CheckSizes())
}

// close refuses placeholders that no expression used. It comes after the last expression was parsed.
func (ph *placeholders) close() error { return expressionError(ph.Unused()) }

// condition parses a condition that may be missing.
func (ph *placeholders) condition(name string, t text) (*expression.Condition, error) {
	if !t.set {
		return nil, nil
	}
	c, err := expression.ParseCondition(name, t.value, &ph.Placeholders)
	return c, expressionError(err)
}

// projection parses a projection that may be missing.
func (ph *placeholders) projection(t text) (*expression.Projection, error) {
	if !t.set {
		return nil, nil
	}
	p, err := expression.ParseProjection(t.value, &ph.Placeholders)
	return p, expressionError(err)
}

// attributesToGet is the legacy projection: a list of top-level names.
func attributesToGet(names []string) (*expression.Projection, error) {
	if names == nil {
		return nil, nil
	}
	seen := make(map[string]struct{}, len(names))
	for _, name := range names {
		if name == "" {
			return nil, invalid(attribute.ErrNoName)
		}
		if _, there := seen[name]; there {
			return nil, awsapi.Validation("One or more parameter values were invalid: Duplicate value in attribute name: " + name)
		}
		seen[name] = struct{}{}
	}
	paths := make([]expression.Path, len(names))
	for i, name := range names {
		paths[i] = expression.Path{{Name: name}}
	}
	return expression.NewProjection(paths...), nil
}

// maxNames bounds AttributesToGet; AWS states no limit but the size of the request.
const maxNames = 1 << 20

// chosen is the projection in the form in which it was given: an expression or the legacy list.
func (ph *placeholders) chosen(t text, names []string) (*expression.Projection, error) {
	if names != nil {
		return attributesToGet(names)
	}
	if err := ph.open(); err != nil {
		return nil, err
	}
	p, err := ph.projection(t)
	if err != nil {
		return nil, err
	}
	return p, ph.close()
}
