package audit

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// maxLevels is the deepest that members of a form are nested. What is deeper is hidden: no operation has it.
const maxLevels = 16

// FromForm redacts the parameters of a request of the query protocol, each name once: Tags.member.1.Key=a is the list
// tags of one structure with the member key. What says which operation is asked for and who signed is left out.
func FromForm(params iter.Seq2[string, string]) Redacted {
	root := map[string]any{}
	names := 0
	for name, value := range params {
		if name == "Action" || name == "Version" || hasPrefixFold(name, "X-Amz-") {
			continue
		}
		if names += len(name); names > maxMembers { // a tree of it could be of a million levels
			return Redacted{omitted: names}
		}
		path := strings.SplitN(name, ".", maxLevels)
		if strings.Contains(path[len(path)-1], ".") {
			value = Hidden
		}
		plant(root, path, value)
	}
	if len(root) == 0 {
		return Redacted{}
	}
	return newRedacted(withLists(root))
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// plant puts a value at its place in the tree. Where a name has both a value and members, the members win.
func plant(tree map[string]any, path []string, value string) {
	last := len(path) - 1
	for _, name := range path[:last] {
		next, ok := tree[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			tree[name] = next
		}
		tree = next
	}
	if _, ok := tree[path[last]].(map[string]any); !ok {
		tree[path[last]] = value
	}
}

// withLists turns every {"member": {"1": a, "2": b}} of a tree into [a, b].
func withLists(v any) any {
	tree, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name := range tree {
		tree[name] = withLists(tree[name])
	}
	if len(tree) != 1 {
		return tree
	}
	for _, name := range []string{"member", "entry"} {
		elements, ok := tree[name].(map[string]any)
		if !ok {
			continue
		}
		if list, ok := list(elements); ok {
			return list
		}
	}
	return tree
}

// list is the elements in the order of their numbers, if all have one.
func list(elements map[string]any) ([]any, bool) {
	numbers := make(map[int]any, len(elements))
	order := make([]int, 0, len(elements))
	for name, element := range elements {
		n, err := strconv.Atoi(name)
		if _, twice := numbers[n]; err != nil || twice { // 1 and 01
			return nil, false
		}
		numbers[n], order = element, append(order, n)
	}
	slices.Sort(order)
	all := make([]any, len(order))
	for i, n := range order {
		all[i] = numbers[n]
	}
	return all, true
}
