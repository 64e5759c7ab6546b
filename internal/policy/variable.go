package policy

import "strings"

// variable is a policy variable, such as ${aws:username} ("IAM policy elements: Variables and tags", IAM User Guide).
type variable struct {
	// is is what ${*}, ${?} and ${$} always stand for; "" for one that the request decides.
	is string
	// name is the context key as written, and key in lower case.
	name, key string
	// def is used if the request has no value, given that there is one.
	def        string
	hasDefault bool
}

// cutVariable reads the variable that s, which begins with $, begins with. It returns its length, or 0 if s begins
// with none.
func cutVariable(s string) (variable, int) {
	if !strings.HasPrefix(s, "${") {
		return variable{}, 0
	}
	// A default may have a closing brace in its quotes.
	end := strings.IndexAny(s, "}'")
	if end > 0 && s[end] == '\'' {
		quote := strings.IndexByte(s[end+1:], '\'')
		if quote < 0 {
			return variable{}, 0
		}
		after := end + 1 + quote + 1
		if end = strings.IndexByte(s[after:], '}'); end >= 0 {
			end += after
		}
	}
	if end < 0 {
		return variable{}, 0
	}
	v := variable{name: s[2:end]}
	end++
	switch v.name {
	case "*", "?", "$":
		v.is = v.name
		return v, end
	}
	if name, def, ok := strings.Cut(v.name, ","); ok {
		def = strings.TrimSpace(def)
		if len(def) < 2 || def[0] != '\'' || def[len(def)-1] != '\'' {
			return variable{}, 0
		}
		v.name, v.def, v.hasDefault = name, def[1:len(def)-1], true
	}
	v.name = strings.TrimSpace(v.name)
	if v.name == "" {
		return variable{}, 0
	}
	v.key = lowered(v.name)
	return v, end
}

// value is what the variable stands for in a request. A key of many values stands for nothing.
func (v *variable) value(r *Request) (string, bool) {
	if got := r.values(v.key); got.len() == 1 {
		return got.at(0), true
	}
	return v.def, v.hasDefault
}

// variableNames appends the keys of the variables in a string that the request decides.
func variableNames(keys []string, s string) []string {
	for {
		i := strings.IndexByte(s, '$')
		if i < 0 {
			return keys
		}
		s = s[i:]
		v, n := cutVariable(s)
		if n == 0 {
			n = 1
		} else if v.is == "" {
			keys = addKey(keys, v.name)
		}
		s = s[n:]
	}
}
