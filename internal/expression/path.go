package expression

import (
	"slices"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/attribute"
)

// Path is the place of a value in an item: the name of an attribute, then steps into maps and lists.
type Path []Step

// Step is the name of a map's member, or an index of a list if Name is empty.
type Step struct {
	Name  string
	Index int
}

// compare orders the members of a map by name and the elements of a list by index.
func (s Step) compare(t Step) int {
	if c := strings.Compare(s.Name, t.Name); c != 0 {
		return c
	}
	return s.Index - t.Index
}

func (p Path) compare(q Path) int { return slices.CompareFunc(p, q, Step.compare) }

// IsIndex says whether the step is into a list.
func (s Step) IsIndex() bool { return s.Name == "" }

// String renders the path as AWS does in messages: [a, b, [0]].
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		b.WriteString(", "[:min(i, 1)*2])
		if s.IsIndex() {
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		} else {
			b.WriteString(s.Name)
		}
	}
	return "[" + b.String() + "]"
}

// Find returns the value at the path, nil if there is none.
func (p Path) Find(item attribute.Value) attribute.Value {
	v := item
	for _, s := range p {
		if s.IsIndex() {
			v = v.At(s.Index)
		} else {
			v = v.Field(s.Name)
		}
		if v == nil {
			return nil
		}
	}
	return v
}

func (p Path) equal(q Path) bool {
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if p[i] != q[i] {
			return false
		}
	}
	return true
}

// check finds the mistakes of a path that can be seen without the placeholders.
func (p Path) check(param string) error {
	for _, s := range p {
		switch {
		case s.Index == indexTooLarge:
			return fail(param, "List index is not within the allowable range; index: ["+s.Name+"]")
		case s.Name != "" && s.Name[0] != '#' && isReserved(s.Name):
			return fail(param, "Attribute name is a reserved keyword; reserved keyword: "+s.Name)
		}
	}
	return nil
}

// CheckPaths refuses paths that were built and are too long, or clash with each other.
func CheckPaths(paths []Path) error { return resolvePaths("", nil, paths) }

// resolve puts the names where the aliases are. Without placeholders the names are what they are.
func (p Path) resolve(param string, ph *Placeholders) error {
	if len(p) > maxDepth {
		return fail(param, "The document path has too many nesting levels; nesting levels: "+strconv.Itoa(len(p)))
	}
	for i := range p {
		if ph != nil && p[i].Name != "" && (p[i].Name[0] == '#' || p[i].Name[0] == ':') {
			name, ok := ph.name(p[i].Name)
			if !ok {
				return fail(param, "An expression attribute name used in the document path is not defined; attribute name: "+p[i].Name)
			}
			p[i].Name = name
		}
	}
	return nil
}

// resolvePaths resolves the paths of an update or a projection, none of which may contain another, nor take for a
// list what another takes for a map. It goes from the last to the first: so does AWS, and it shows in the message.
func resolvePaths(param string, ph *Placeholders, paths []Path) error {
	seen := paths[len(paths):]
	var byName map[string][]Path // of seen, if there are too many to compare each with each
	if len(paths) > 16 {
		byName = make(map[string][]Path, len(paths))
	}
	for i := len(paths) - 1; i >= 0; i-- {
		path := paths[i]
		if err := path.resolve(param, ph); err != nil {
			return err
		}
		if byName != nil {
			seen = byName[path[0].Name]
		}
		for _, other := range seen {
			if how := path.clash(other); how != "" {
				return fail(param, "Two document paths "+how+" with each other; must remove or rewrite one of these paths; "+
					"path one: "+path.String()+", path two: "+other.String())
			}
		}
		if byName != nil {
			byName[path[0].Name] = append(seen, path)
		} else {
			seen = paths[i:]
		}
	}
	return nil
}

func (p Path) clash(q Path) string {
	for i := range min(len(p), len(q)) {
		switch {
		case p[i] == q[i]:
		case p[i].IsIndex() != q[i].IsIndex():
			return "conflict"
		default:
			return ""
		}
	}
	return "overlap"
}

// Role is what an attribute is in a table: Key of the table, IndexKey of one of its indexes, or neither.
type Role string

// The roles, as AWS's messages name them.
const (
	NoKey    Role = ""
	Key      Role = "Key"
	IndexKey Role = "IndexKey"
)

// checkScalarKeys refuses a path into a key attribute.
func checkScalarKeys(paths []Path, role func(name string) Role) error {
	for _, p := range paths {
		if len(p) == 1 {
			continue
		}
		if r := role(p[0].Name); r != NoKey {
			return &Error{Message: "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " + string(r) + ": " + p[0].Name}
		}
	}
	return nil
}

// heads returns the attributes that the paths are in, each once.
func heads(paths []Path) []string {
	names := make([]string, 0, len(paths))
	seen := make(map[string]bool, len(paths))
	for _, p := range paths {
		if name := p[0].Name; !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
