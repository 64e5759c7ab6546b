package expression

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/attribute"
)

// Placeholders are the ExpressionAttributeNames and ExpressionAttributeValues of a request, and which of them its
// expressions used. All the expressions of a request share one.
//
// A map that is nil was not in the request; one that is empty was there, empty, which is a mistake.
type Placeholders struct {
	Names  map[string]string
	Values map[string]attribute.Value

	// What was used, each once. Slices, because there are few and a map would be made for every request.
	usedNames, usedValues []string
}

const (
	namesParam  = "ExpressionAttributeNames"
	valuesParam = "ExpressionAttributeValues"

	maxPlaceholder  = 255
	maxName         = 65535
	maxPlaceholders = 2 << 20 // of all of them, in bytes
)

// CheckKeys finds the mistakes in the keys of the maps. It comes before any expression is parsed.
func (ph *Placeholders) CheckKeys() error {
	if ph.Names != nil {
		if err := checkKeys(namesParam, '#', ph.Names); err != nil {
			return err
		}
	}
	if ph.Values != nil {
		if err := checkKeys(valuesParam, ':', ph.Values); err != nil {
			return err
		}
	}
	return nil
}

// CheckNames finds the mistakes in the names that the keys stand for. It comes after CheckKeys.
func (ph *Placeholders) CheckNames() error {
	for key, name := range ph.Names {
		switch {
		case name == "":
			return &Error{Message: namesParam + " contains invalid value: Empty attribute name for key " + key}
		case len(name) > maxName:
			return &Error{Message: namesParam + " contains invalid value: Attribute name is too large, must be less than 65536 bytes for key " + key}
		}
	}
	return nil
}

// CheckSizes finds out whether all of the maps is too large (developer guide, "Constraints", "Expression parameters"). It
// comes after CheckNames.
func (ph *Placeholders) CheckSizes() error {
	size := 0
	for key, name := range ph.Names {
		size += len(key) + len(name)
	}
	if size > maxPlaceholders {
		return &Error{Message: namesParam + " exceeds max size"}
	}
	for key, v := range ph.Values {
		size += len(key) + v.Size()
	}
	if size > maxPlaceholders {
		return &Error{Message: valuesParam + " exceeds max size"}
	}
	return nil
}

func checkKeys[V any](param string, sign byte, m map[string]V) error {
	if len(m) == 0 {
		return &Error{Message: param + " must not be empty"}
	}
	for key := range m {
		if !isPlaceholder(key, sign) {
			return badKey(param, sign, sortedKeys(m))
		}
	}
	return nil
}

func isPlaceholder(key string, sign byte) bool {
	if len(key) < 2 || len(key) > maxPlaceholder || key[0] != sign {
		return false
	}
	for i := 1; i < len(key); i++ {
		if !isWord(key[i]) {
			return false
		}
	}
	return true
}

func badKey(param string, sign byte, keys []string) error {
	for _, key := range keys {
		switch {
		case isPlaceholder(key, sign):
		case key == "":
			return &Error{Message: param + " contains invalid key: The expression attribute map contains an empty key;"}
		case len(key) > maxPlaceholder:
			return &Error{Message: param + " contains invalid key: The expression attribute map contains a key that is too long; size of key: " +
				strconv.Itoa(len(key))}
		default:
			return &Error{Message: param + ` contains invalid key: Syntax error; key: "` + key + `"`}
		}
	}
	return nil
}

// Unused finds the placeholders that no expression used. It comes after all of them were parsed.
func (ph *Placeholders) Unused() error {
	if err := unused(namesParam, ph.Names, ph.usedNames); err != nil {
		return err
	}
	return unused(valuesParam, ph.Values, ph.usedValues)
}

// unused names the keys in order; AWS's order is that of a Java hash set.
func unused[V any](param string, m map[string]V, used []string) error {
	if len(m) == len(used) {
		return nil
	}
	keys := slices.DeleteFunc(sortedKeys(m), func(key string) bool { return slices.Contains(used, key) })
	return &Error{Message: "Value provided in " + param + " unused in expressions: keys: {" + strings.Join(keys, ", ") + "}"}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (ph *Placeholders) name(key string) (string, bool) {
	name, ok := ph.Names[key]
	if ok && !slices.Contains(ph.usedNames, key) {
		ph.usedNames = append(ph.usedNames, key)
	}
	return name, ok
}

func (ph *Placeholders) value(key string) (attribute.Value, bool) {
	v, ok := ph.Values[key]
	if ok && !slices.Contains(ph.usedValues, key) {
		ph.usedValues = append(ph.usedValues, key)
	}
	return v, ok
}
