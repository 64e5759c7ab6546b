package partiql

import (
	"fmt"
	"strings"
	"testing"
)

// numbers are the numbers from 0 in quotes, or not, as a list.
func numbers(n int, form string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(form, i)
	}
	return strings.Join(all, ",")
}

// The developer guide: IN takes at most 50 partition keys, or 100 values of another attribute. Nothing else that says much of the
// key is refused: it is read in few reads, and the filter decides.
func TestLimits(t *testing.T) {
	key := schema(t, "pk:S sk:N")
	for _, c := range []struct {
		where string
		reads int    // 0 for a scan
		err   string // of Parse or Plan
	}{
		{"pk IN [" + numbers(50, "'%d'") + "]", 50, ""},
		{"pk IN [" + numbers(51, "'%d'") + "]", 0, "The IN operator is provided with too many operands; number of operands: 51"},
		{"x IN [" + numbers(100, "%d") + "]", 0, ""},
		{"x IN [" + numbers(101, "%d") + "]", 0, "The IN operator is provided with too many operands; number of operands: 101"},
		{"pk = 'a' AND sk IN [" + numbers(100, "%d") + "]", 100, ""},
		{"pk IN [" + numbers(50, "'%d'") + "] AND sk IN [1,2]", 100, ""},
		{"pk IN [" + numbers(50, "'%d'") + "] AND sk IN [1,2,3]", 50, ""},
		{"sk IN [1,2,3] AND pk IN [" + numbers(50, "'%d'") + "]", 50, ""},
		{"sk IN [1,2] AND x = 1 AND pk IN ['a','b']", 4, ""},
		{"pk = 'x'" + strings.Repeat(" OR pk = 'x'", 100), 1, ""},
		{"pk = 'x' AND (sk = 1" + strings.Repeat(" OR sk = 2", 120) + ")", 1, ""},
		{"x = 1" + strings.Repeat(" AND x = 1", 300), 0, "The expression contains too many operators; operator count: 301"},
		{strings.Repeat("(", 3000) + "x = 1" + strings.Repeat(")", 3000), 0, ""},
		{strings.Repeat("NOT ", 1000) + "x = 1", 0, "The expression contains too many operators; operator count: 301"},
		{"x = " + strings.Repeat("[", 40) + strings.Repeat("]", 40), 0, "Nesting Levels have exceeded supported limits"},
	} {
		s, err := Parse("SELECT * FROM T WHERE "+c.where, nil)
		var p *Plan
		if err == nil {
			p, err = s.Plan(key)
		}
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.err {
			t.Errorf("%.60s…: %q, want %q", c.where, got, c.err)
		} else if err == nil && (p.Scan != (c.reads == 0) || len(p.Ranges) != c.reads) {
			t.Errorf("%.60s…: %d reads, scan %v, want %d", c.where, len(p.Ranges), p.Scan, c.reads)
		}
	}
	long := "SELECT * FROM T WHERE x = '" + strings.Repeat("é", 8192-len("SELECT * FROM T WHERE x = ''")) + "'"
	if _, err := Parse(long, nil); err != nil {
		t.Error(err)
	}
}
