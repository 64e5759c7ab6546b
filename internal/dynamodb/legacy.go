package dynamodb

import (
	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/jsonscan"
)

// legacyConditions are Expected, KeyConditions, QueryFilter or ScanFilter: conditions from before expressions.
type legacyConditions struct {
	given bool
	list  []legacyCondition
}

// legacyCondition is the condition on one attribute.
type legacyCondition struct {
	name     string
	null     bool
	operator text
	value    attribute.Value   // of Expected
	exists   *bool             // of Expected
	values   []attribute.Value // nil if there is no AttributeValueList
	invalid  *attribute.Error
}

// conditions reads legacy conditions: structures of the shape ExpectedAttributeValue or Condition.
func (r *reader) conditions(shape string, dst *legacyConditions) error {
	*dst = legacyConditions{given: true}
	return r.entries(jsonscan.Class(shape), func(name []byte) error {
		c := legacyCondition{name: string(name)}
		if c.null = r.Scan.Peek() == jsonscan.Null; c.null {
			c.invalid = nullCondition(shape, c.name)
			dst.list = append(dst.list, c)
			return r.Scan.Literal()
		}
		err := r.structure(shape, func(name []byte) error {
			switch string(name) {
			case "ComparisonOperator":
				return r.text(&c.operator)
			case "Value":
				return r.value(&c.value)
			case "Exists":
				return r.optionalBoolean(&c.exists)
			case "AttributeValueList":
				c.values = []attribute.Value{}
				return r.elements(func() error {
					v, err := r.Value()
					c.values = append(c.values, v)
					return err
				})
			}
			return r.Scan.Skip()
		})
		if c.invalid = r.TakeInvalid(); c.invalid == nil && c.name == "" {
			c.invalid = attribute.ErrNoName
		}
		dst.list = append(dst.list, c)
		return err
	})
}

// nullCondition is the error for a condition that is null.
func nullCondition(shape, name string) *attribute.Error {
	if shape == "ExpectedAttributeValue" {
		return &attribute.Error{Message: invalidParameter + "ExpectedAttributeValue must not be null for Attribute: " + name}
	}
	return &attribute.Error{Message: "The filter condition for an attribute cannot be null: " + name}
}

// violations checks the operators.
func (l *legacyConditions) violations(v *violations, at string) {
	for _, c := range l.list {
		v.enum(at+"."+c.name+".member.comparisonOperator", c.operator, comparisonValues)
	}
}

// required checks the operators where each condition must have one.
func (l *legacyConditions) required(v *violations, at string) {
	for _, c := range l.list {
		v.required(at+"."+c.name+".member.comparisonOperator", c.operator.set || c.null)
	}
	l.violations(v, at)
}

const invalidParameter = "One or more parameter values were invalid: "

// condition joins the conditions with the ConditionalOperator, which there may only be if it has something to join; nil
// if there are none. Those of Expected have more forms than those of a filter.
func (l *legacyConditions) condition(operator text, expected bool) (*expression.Condition, error) {
	var all []*expression.Condition
	for _, c := range l.list {
		cond, err := c.condition(expected)
		if err != nil {
			return nil, err
		}
		all = append(all, cond)
	}
	switch {
	case len(all) == 0 && operator.set:
		return nil, awsapi.Validation("ConditionalOperator cannot be used without Filter or Expected")
	case len(all) == 0:
		return nil, nil
	case len(all) == 1 && operator.set:
		return nil, awsapi.Validation("ConditionalOperator can only be used when Filter or Expected has two or more elements")
	case operator.value == "OR":
		return expression.Any(all...), nil
	}
	return expression.All(all...), nil
}

// condition is one element of Expected; those of the filters have no Value and no Exists.
func (c *legacyCondition) condition(expected bool) (*expression.Condition, error) {
	if err := invalid(c.invalid); err != nil {
		return nil, err
	}
	refuse := func(message string) (*expression.Condition, error) {
		return nil, awsapi.Validation(invalidParameter + message + " for Attribute: " + c.name)
	}
	operator, values := c.operator.value, c.values
	switch {
	case c.values != nil && c.value != nil:
		return refuse("Value and AttributeValueList cannot be used together")
	case c.operator.set && c.exists != nil:
		return refuse("Exists and ComparisonOperator cannot be used together")
	case c.operator.set:
		if c.value != nil {
			values = []attribute.Value{c.value}
		}
		if expected && values == nil && operator != "NULL" && operator != "NOT_NULL" {
			return refuse("Value or AttributeValueList must be used with ComparisonOperator: " + operator)
		}
	case c.values != nil:
		return refuse("AttributeValueList can only be used with a ComparisonOperator")
	case c.exists != nil && !*c.exists:
		if c.value != nil {
			return refuse("Value cannot be used when Exists is false")
		}
		operator = "NULL"
	case c.value == nil && c.exists == nil:
		return refuse("Value must be provided when Exists is null")
	case c.value == nil:
		return refuse("Value must be provided when Exists is true")
	default:
		operator, values = "EQ", []attribute.Value{c.value}
	}
	cond, err := expression.LegacyCondition(c.name, operator, values)
	return cond, expressionError(err)
}

// keyCondition joins the elements of KeyConditions.
func (l *legacyConditions) keyCondition() (*expression.KeyCondition, error) {
	if len(l.list) == 0 {
		return nil, awsapi.Validation("Conditions can be of length 1 or 2 only")
	}
	var all *expression.KeyCondition
	for _, c := range l.list {
		if err := invalid(c.invalid); err != nil {
			return nil, err
		}
		k, err := expression.LegacyKeyCondition(c.name, c.operator.value, c.values)
		if err != nil {
			return nil, expressionError(err)
		}
		if all == nil {
			all = k
		} else {
			all.Add(k)
		}
	}
	return all, nil
}

// names returns the attributes that the conditions are on.
func (l *legacyConditions) names() []string {
	var names []string
	for _, c := range l.list {
		names = append(names, c.name)
	}
	return names
}

// legacyUpdates is AttributeUpdates: an update from before expressions.
type legacyUpdates struct {
	given   bool
	list    []legacyUpdate
	invalid *attribute.Error
}

type legacyUpdate struct {
	name   string
	action text
	value  attribute.Value
}

// updates reads AttributeUpdates.
func (r *reader) updates(dst *legacyUpdates) error {
	*dst = legacyUpdates{given: true}
	return r.entries(jsonscan.Class("AttributeValueUpdate"), func(name []byte) error {
		u := legacyUpdate{name: string(name)}
		dst.list = append(dst.list, u)
		if r.Scan.Peek() == jsonscan.Null { // an update to nothing
			return r.Scan.Literal()
		}
		err := r.structure("AttributeValueUpdate", func(name []byte) error {
			switch string(name) {
			case "Action":
				return r.text(&u.action)
			case "Value":
				return r.value(&u.value)
			}
			return r.Scan.Skip()
		})
		dst.list[len(dst.list)-1] = u
		bad := r.TakeInvalid()
		if bad == nil && u.name == "" {
			bad = attribute.ErrNoName
		}
		if dst.invalid == nil {
			dst.invalid = bad
		}
		return err
	})
}

func (l *legacyUpdates) violations(v *violations) {
	for _, u := range l.list {
		v.enum("attributeUpdates."+u.name+".member.action", u.action, actionValues)
	}
}

// update is the update that the list means.
func (l *legacyUpdates) update() (*expression.Update, error) {
	if err := invalid(l.invalid); err != nil {
		return nil, err
	}
	actions := make([]expression.LegacyAction, len(l.list))
	for i, u := range l.list {
		actions[i] = expression.LegacyAction{Name: u.name, Action: u.action.value, Value: u.value}
		if !u.action.set {
			actions[i].Action = "PUT"
		}
	}
	update, err := expression.LegacyUpdate(actions)
	return update, expressionError(err)
}
