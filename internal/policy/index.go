package policy

// index finds the statements whose actions match, without looking at those that name other actions.
type index struct {
	// exact has, by action in lower case, the statements that name it and no wildcards.
	exact map[string][]int
	// rest are the statements that have wildcards or are about all actions but some.
	rest []int
}

// longestAction is how long the actions are that are looked up in the index. AWS's are shorter.
const longestAction = 96

func newIndex(statements []statement) index {
	x := index{exact: map[string][]int{}}
	for i := range statements {
		s := &statements[i]
		if s.notActions || !s.namesActions() {
			x.rest = append(x.rest, i)
			continue
		}
		for j := range s.actions {
			a := s.actions[j].text
			if at := x.exact[a]; len(at) == 0 || at[len(at)-1] != i { // an action may be listed twice
				x.exact[a] = append(at, i)
			}
		}
	}
	return x
}

// namesActions says whether no action has a wildcard.
func (s *statement) namesActions() bool {
	for i := range s.actions {
		if s.actions[i].form != exact || len(s.actions[i].text) > longestAction {
			return false
		}
	}
	return true
}

// candidates goes through the statements of a policy whose actions match, in their order.
type candidates struct {
	policy *Policy
	action string
	exact  []int
	rest   []int
}

func (p *Policy) candidates(action string) candidates {
	c := candidates{policy: p, action: action, rest: p.index.rest}
	if len(action) <= longestAction {
		var buf [longestAction]byte
		for i := range len(action) {
			buf[i] = lower(action[i])
		}
		c.exact = p.index.exact[string(buf[:len(action)])]
	}
	return c
}

// next returns the number of the next statement, -1 at the end.
func (c *candidates) next() int {
	for {
		switch {
		case len(c.exact) > 0 && (len(c.rest) == 0 || c.exact[0] < c.rest[0]):
			i := c.exact[0]
			c.exact = c.exact[1:]
			return i
		case len(c.rest) > 0:
			i := c.rest[0]
			c.rest = c.rest[1:]
			if c.policy.statements[i].matchesAction(c.action) {
				return i
			}
		default:
			return -1
		}
	}
}
