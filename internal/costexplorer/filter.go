package costexplorer

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"

	"github.com/statordb/stator/internal/awsapi"
)

// checkFilter refuses what can't be filtered by. Each expression has one part (API reference, Expression).
func checkFilter(e *types.Expression, resources bool) error {
	if e == nil {
		return nil
	}
	parts := 0
	for _, there := range []bool{e.And != nil, e.Or != nil, e.Not != nil, e.Dimensions != nil, e.Tags != nil, e.CostCategories != nil} {
		if there {
			parts++
		}
	}
	if parts != 1 {
		return invalid("Expression must have exactly one root operator, dimension, tag or cost category")
	}
	switch {
	case e.CostCategories != nil:
		return invalid("Stator has no cost categories")
	case e.Dimensions != nil && !groupable(string(e.Dimensions.Key), resources):
		return invalid("Invalid dimension: " + awsapi.Shown(string(e.Dimensions.Key)))
	case e.Dimensions != nil:
		return checkOptions(e.Dimensions.MatchOptions)
	case e.Tags != nil && e.Tags.Key == nil:
		return invalid("Tag key is required")
	case e.Tags != nil:
		return checkOptions(e.Tags.MatchOptions)
	case e.Not != nil:
		return checkFilter(e.Not, resources)
	}
	for _, list := range [][]types.Expression{e.And, e.Or} {
		for i := range list {
			if err := checkFilter(&list[i], resources); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxValues bounds the values of a filter: each is compared with what was used of every table.
const maxValues = 2000

// values is how many values and parts a filter has.
func values(e *types.Expression) int {
	if e == nil {
		return 0
	}
	n := 1 + values(e.Not)
	for _, list := range [][]types.Expression{e.And, e.Or} {
		for i := range list {
			n += values(&list[i])
		}
	}
	if e.Dimensions != nil {
		n += len(e.Dimensions.Values)
	}
	if e.Tags != nil {
		n += len(e.Tags.Values)
	}
	return n
}

func checkOptions(options []types.MatchOption) error {
	for _, o := range options {
		switch o {
		case types.MatchOptionEquals, types.MatchOptionCaseSensitive, types.MatchOptionAbsent:
		default:
			return invalid("Match option is not supported: " + awsapi.Shown(string(o)))
		}
	}
	return nil
}

// matches says whether a line is one that a filter lets through.
func matches(e *types.Expression, l *line) bool {
	each := func(e types.Expression) bool { return matches(&e, l) }
	switch {
	case e == nil:
		return true
	case e.Not != nil:
		return !matches(e.Not, l)
	case e.And != nil:
		return !slices.ContainsFunc(e.And, func(e types.Expression) bool { return !each(e) })
	case e.Or != nil:
		return slices.ContainsFunc(e.Or, each)
	case e.Dimensions != nil:
		value, _ := l.dimension(string(e.Dimensions.Key))
		return slices.Contains(e.Dimensions.Values, value)
	}
	value, there := l.tags[aws.ToString(e.Tags.Key)]
	if slices.Contains(e.Tags.MatchOptions, types.MatchOptionAbsent) {
		return !there
	}
	return slices.ContainsFunc(e.Tags.Values, func(v string) bool { return there && v == value || !there && strings.TrimSpace(v) == "" })
}
